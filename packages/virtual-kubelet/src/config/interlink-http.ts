/** What the provider file says of the way to InterLink, in the words of other releases. */
export interface InterLinkHttp {
  /** Whatever certificate InterLink shows is taken. */
  readonly isInsecure?: boolean;
  /** PEM; the CAs that InterLink's certificate must come from. */
  readonly caCertFile?: string;
}

/** Reads `HTTP: { Insecure, CaCert }`. @param problems takes what is wrong */
export function parseInterLinkHttp(root: Readonly<Record<string, unknown>>, problems: string[]): InterLinkHttp {
  const { HTTP: http } = root;
  if (typeof http !== 'object' || http === null || Array.isArray(http)) {
    problems.push(`HTTP is ${JSON.stringify(http)}: a map is wanted`);
    return {};
  }
  const { Insecure: insecure, CaCert: caCert, ...others } = http as Record<string, unknown>;
  for (const key of Object.keys(others)) problems.push(`unknown key HTTP.${key}: Insecure and CaCert are known`);
  if (insecure != null && typeof insecure !== 'boolean') {
    problems.push(`HTTP.Insecure is ${JSON.stringify(insecure)}: true or false is wanted`);
  }
  if (caCert != null && typeof caCert !== 'string') {
    problems.push(`HTTP.CaCert is ${JSON.stringify(caCert)}: the path of a file is wanted`);
  }
  return {
    ...(insecure === true ? { isInsecure: true } : {}),
    ...(typeof caCert === 'string' && caCert !== '' ? { caCertFile: caCert } : {}),
  };
}
