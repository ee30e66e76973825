import type Docker from 'dockerode';

/** As the kubelet rotates container logs: five files of 10 MiB. */
export const logFileCount = 5;

/** Plain files, whatever the engine's own default is: they are read here, see `log/rotated-log.ts`. */
export const logConfig: Docker.HostConfig['LogConfig'] = {
  Type: 'json-file',
  Config: { 'max-size': '10m', 'max-file': `${logFileCount}`, compress: 'false' },
};
