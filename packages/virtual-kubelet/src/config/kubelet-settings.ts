/** What the provider file says of the kubelet port's certificate; variables of the environment come before it. */
export interface KubeletSettings {
  /** PEM. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Who is asked for a certificate when there are no files. */
  readonly csrSignerName?: string;
  /** Nobody is asked: the certificate signs itself. */
  readonly disableCsr?: boolean;
}

export const kubeletKeys = ['KubeletCertFile', 'KubeletKeyFile', 'KubeletCSRSignerName', 'DisableCSR'];

/** The signer of a cluster's own kubelets: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers */
export const defaultCsrSignerName = 'kubernetes.io/kubelet-serving';

/** @param problems takes what is wrong */
export function parseKubeletSettings(root: Readonly<Record<string, unknown>>, problems: string[]): KubeletSettings {
  const text = (key: string) => {
    const value = root[key];
    if (value == null || (typeof value === 'string' && value !== '')) return value ?? undefined;
    problems.push(`${key} is ${JSON.stringify(value)}: a text is wanted`);
    return undefined;
  };
  const disableCsr = root.DisableCSR ?? undefined;
  if (disableCsr !== undefined && typeof disableCsr !== 'boolean') {
    problems.push(`DisableCSR is ${JSON.stringify(disableCsr)}: true or false is wanted`);
  }
  const [certFile, keyFile, csrSignerName] = [
    text('KubeletCertFile'),
    text('KubeletKeyFile'),
    text('KubeletCSRSignerName'),
  ];
  if (csrSignerName !== undefined && !/^[a-z0-9.-]+\/\S+$/.test(csrSignerName)) {
    problems.push(
      `KubeletCSRSignerName is ${JSON.stringify(csrSignerName)}: domain/name is wanted, such as ${defaultCsrSignerName}`,
    );
  }
  return {
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(csrSignerName === undefined ? {} : { csrSignerName }),
    ...(disableCsr === true ? { disableCsr } : {}),
  };
}
