/** The version in what `sinfo --version` says: `slurm-wlm 22.05.8` of Debian's packages, `slurm 24.11.5` of Slurm's own. */
export function parseSlurmVersion(text: string): string {
  const version = /^slurm\S* (\d+\.\d+\S*)$/.exec(text.trim())?.[1];
  if (version === undefined) throw new Error(`Cannot read Slurm's version: sinfo --version said "${text.trim()}"`);
  return version;
}
