import { describe, expect, test } from 'vitest';
import { slurmSite, testProcess } from '../testing/slurm-site.ts';

const pulledAhead = { 'Slurm.PullImages': 'login', 'Slurm.SharedFileSystem': true } as const;

describe('loadSlurmSite()', () => {
  test('has a default for everything', () => {
    expect(slurmSite()).toMatchObject({
      commands: { sbatch: { argv: ['sbatch'] }, srun: { argv: ['srun'] }, sacct: { argv: ['sacct'] } },
      pace: { pollIntervalMs: 2_000, submitsPerSecond: undefined },
      folders: { root: '/nonexistent/home/.interlink/slurm', isShared: undefined, retentionMs: 3_600_000 },
      script: { bashPath: '/bin/bash', commandPrefix: '', templatePath: undefined, builder: undefined },
      runtime: { name: 'apptainer', path: 'apptainer', prefix: [], options: [] },
      images: { prefix: 'docker://', allowedPaths: [], insecureRegistries: [] },
      tsocks: undefined,
      accounts: { own: { uid: 1500, gid: 1500 }, users: new Set(), ignoresRunAsUser: false },
      podAnnotations: new Set(),
      partitions: new Map(),
    });
  });

  test('reads what an existing file says', () => {
    const site = slurmSite(
      {
        ...{
          SbatchPath: 'ssh login "sbatch"',
          DataRootFolder: '.local/interlink/jobs/',
          CommandPrefix: 'module load x',
        },
        ...{ ContainerRuntime: 'singularity', SingularityPath: '', SingularityPrefix: 'srun -n 1', ImagePrefix: '' },
        ...{ SingularityDefaultOptions: ['--nv'], Tsocks: true, TsocksLoginNode: 'login01' },
        ...{ TsocksPath: '$WORK/tsocks/libtsocks.so', JobScriptTemplate: '~/job.tmpl', ResourceScriptPath: '' },
        ...{ JobScriptBuildConfig: { a: 1 }, DefaultUID: 1500 },
      },
      { ...testProcess, env: { WORK: '/work' } },
    );
    expect(site).toMatchObject({
      commands: { sbatch: { argv: ['ssh', 'login', 'sbatch'], remoteFrom: 2 } },
      folders: { root: '/nonexistent/home/.local/interlink/jobs' },
      script: { commandPrefix: 'module load x', templatePath: '/nonexistent/home/job.tmpl' },
      runtime: { name: 'singularity', path: 'singularity', prefix: ['srun', '-n', '1'], options: ['--nv'] },
      images: { prefix: 'docker://' },
      tsocks: { loginNode: 'login01', path: '/work/tsocks/libtsocks.so', configPath: undefined },
      accounts: { own: { uid: 1500 } },
      resourceScriptPath: undefined,
    });
  });

  test('reads the groups of its own', () => {
    const site = slurmSite({
      ...{ 'Slurm.Partitions': { 'vk-gpu': 'gpu', 'vk-cpu': ['main', 'low'] }, 'Slurm.Users': { '1000': 1500 } },
      ...{ 'Slurm.HostPaths': ['/cvmfs:ro'], 'Slurm.Claims': { 'a/b': { path: '/data/b' } }, 'Slurm.SubmitRate': 50 },
      ...{ 'Policy.AllowPodAnnotations': ['pre-exec', 'slurm-job.vk.io/mpi-flags', 'docker-options.vk.io/flags'] },
      ...{ 'Policy.AllowImagePaths': ['/cvmfs/images/'], 'Slurm.ScratchFolder': '$TMPDIR/pods' },
      ...{ 'Slurm.InsecureRegistries': ['reg.local:5000'] },
    });
    expect(site.partitions).toEqual(
      new Map([
        ['vk-gpu', ['gpu']],
        ['vk-cpu', ['main', 'low']],
      ]),
    );
    expect(site.accounts.users).toEqual(new Set([1000]));
    expect(site.hostPaths.allowed).toEqual([{ path: '/cvmfs', isReadOnly: true }]);
    expect(site.claims.get('a/b')).toEqual({ path: '/data/b' });
    expect(site.podAnnotations).toEqual(new Set(['pre-exec', 'mpi-flags']));
    expect(site.images.allowedPaths).toEqual(['/cvmfs/images']);
    expect(site.folders.scratch).toEqual({ variable: 'TMPDIR', path: '/pods' });
    expect(site.pace.submitsPerSecond).toBe(50);
  });

  test.each<[Parameters<typeof slurmSite>[0], RegExp]>([
    [{ SqueuePath: 'ssh "login' }, /SqueuePath is "ssh \\"login": a quote is not closed/],
    [{ BashPath: 'bash' }, /BashPath is "bash": an absolute path without blanks is wanted/],
    [{ Tsocks: true }, /TsocksLoginNode is not set: .*; TsocksPath is not set:/],
    [{ Tsocks: true, TsocksPath: '/t', TsocksLoginNode: '-oProxyCommand=id' }, /TsocksLoginNode is "-oProxy/],
    [{ TsocksConfig: '$NOWHERE/x', Tsocks: true }, /TsocksConfig is "\$NOWHERE\/x": \$NOWHERE is not set/],
    [{ SingularityDefaultOptions: ['--nv', 7] }, /SingularityDefaultOptions\[1\] is 7: a word is wanted/],
    [{ JobScriptBuilderURL: 'file:///x' }, /JobScriptBuilderURL is "file:\/\/\/x": http:\/\/ or https:\/\/ is wanted/],
    [{ JobScriptBuilderURL: 'http://u:p@x' }, /^((?!u:p).)*a user name or a password in it/],
    [{ JobScriptBuilderURL: 'http://x', JobScriptTemplate: '/t' }, /are both set/],
    [{ DefaultUID: 0 }, /DefaultUID is 0: jobs run as the account of the sidecar, which is 1500/],
    [{ 'Slurm.PollInterval': 0 }, /Slurm\.PollInterval is 0/],
    [{ 'Slurm.SubmitRate': 0 }, /Slurm\.SubmitRate is 0/],
    [{ 'Slurm.Users': { root: 1 } }, /Slurm\.Users has 1 for "root": numbers of users are wanted/],
    [
      { 'Slurm.Users': { '1000': 20001 } },
      /Slurm\.Users\.1000 is 20001: .*; jobs of other accounts are not supported yet: run the sidecar as account 20001/,
    ],
    [{ Flavors: { gpu: { UID: 20001 } } }, /Flavors\.gpu\.UID is 20001: jobs run as the account of the sidecar/],
    [{ 'Slurm.Partitions': { n: '--wrap=id' } }, /Slurm\.Partitions has "--wrap=id" for n: the name of a partition/],
    [{ 'Slurm.Partitions': { n: [] } }, /Slurm\.Partitions has \[\] for n/],
    [{ 'Slurm.ScratchFolder': '$(id)/x' }, /Slurm\.ScratchFolder is "\$\(id\)\/x"/],
    [{ 'Slurm.ScratchFolder': '/a/../b' }, /Slurm\.ScratchFolder is/],
    [{ 'Slurm.HostPaths': ['/nonexistent/home'] }, /it would open DataRootFolder/],
    [
      { 'Slurm.HostPaths': ['/nonexistent/home'], DataRootFolder: '/data' },
      /it would open the (sidecar's token|account's keys)/,
    ],
    [{ 'Slurm.Claims': { 'a/b': { dockerVolume: 'v' } } }, /Slurm\.Claims has "a\/b": .* is not \{ path: … \}/],
    [{ 'Slurm.InsecureRegistries': ['http://a'] }, /InsecureRegistries\[0\] is "http:\/\/a"/],
    [{ 'Slurm.PullImages': 'login' }, /PullImages is "login", and Slurm\.SharedFileSystem is not true/],
    [{ ...pulledAhead, ContainerRuntime: 'none' }, /PullImages is "login", and ContainerRuntime is "none"/],
    [{ ...pulledAhead, JobScriptTemplate: '/t' }, /PullImages is "login", and JobScriptTemplate is set/],
    [{ 'Policy.AllowImagePaths': ['/'] }, /AllowImagePaths\[0\] is "\/"/],
    [{ 'Policy.AllowPodAnnotations': ['preexec'] }, /AllowPodAnnotations\[0\] is "preexec": did you mean pre-exec\?/],
    [{ 'Policy.AllowPodAnnotations': ['flags'] }, /AllowPodAnnotations\[0\] is "flags"/],
    [{ DefaultFlavor: 'big' }, /DefaultFlavor is "big": one of Flavors is wanted \(there are none\)/],
  ])('refuses %j', (config, message) => {
    expect(() => slurmSite(config)).toThrow(message);
  });

  test.each<Parameters<typeof slurmSite>[0]>([
    { DefaultUID: 0 },
    { 'Slurm.Users': { '1000': 0 } },
    { Flavors: { gpu: { UID: 0 } } },
  ])('refuses %j, also where the sidecar is root', (config) => {
    for (const process of [testProcess, { ...testProcess, uid: 0, gid: 0 }]) {
      expect(() => slurmSite(config, process)).toThrow(/ is 0: .*; a setting that makes it root is refused/);
    }
  });

  test('tells of everything at once', () => {
    expect(() => slurmSite({ BashPath: 'x', DefaultUID: 0, 'Slurm.AllowedFlags': ['wrap'] })).toThrow(
      /^Invalid configuration: .*DefaultUID.*$/,
    );
    expect(() => slurmSite({ BashPath: 'x', 'Slurm.AllowedFlags': ['wrap'] })).toThrow(/BashPath.*--wrap/);
  });
});
