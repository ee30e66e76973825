/**
 * With every answer under `/ui`. Nothing inline, nothing from elsewhere, in nobody's frame; forms go nowhere else
 * (https://www.w3.org/TR/CSP3/). What is shown is some people's business and stays in no cache.
 */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;
