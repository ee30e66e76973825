/** An account of a machine or container. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export const ROOT: Account = { name: 'root', uid: 0, gid: 0, home: '/root' };

/** The variables that an account has at a login, and no other. */
export function toLoginEnv({ name, home }: Account): Record<string, string> {
  const path = name === 'root' ? '/usr/sbin:/usr/bin:/sbin:/bin' : '/usr/local/bin:/usr/bin:/bin';
  return { HOME: home, USER: name, LOGNAME: name, SHELL: '/bin/bash', PATH: path, LANG: 'C.UTF-8' };
}
