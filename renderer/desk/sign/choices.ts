import type { Certificate, Token, Tokens } from './useSigning.ts';

/** One way to sign: a certificate on a token. Without a certificate it stands for a token that offers none. */
export interface Choice {
  readonly key: string;
  readonly token: Token;
  readonly certificate: Certificate | null;
  /** Why it cannot sign now, in words; null when it can. */
  readonly problem: { readonly vi: string; readonly en: string } | null;
}

const LOCKED = {
  vi: 'Token đã bị khóa mã PIN: nhờ nơi cấp mở, hoặc chọn chứng thư khác.',
  en: 'The PIN of the token is locked. Ask its issuer to unlock it, or choose another certificate.',
};
const NO_CERTIFICATE = {
  vi: 'Token không có chứng thư để ký. Kiểm tra có cắm đúng token không.',
  en: 'The token has no certificate to sign with. Check that it is the right token.',
};

/** Every token and certificate that is there, the unusable ones with their reason. */
export function choicesOf(tokens: Tokens | null): Choice[] {
  return (tokens?.tokens ?? []).flatMap((token): Choice[] => {
    const locked = token.locked ? LOCKED : null;
    const key = (id: string) => `${token.module}|${token.serial}|${id}`;
    if (token.certificates.length === 0) return [{ key: key(''), token, certificate: null, problem: locked ?? NO_CERTIFICATE }];
    return token.certificates.map((certificate) => ({
      key: key(certificate.id),
      token,
      certificate,
      problem: locked ?? certificate.refused,
    }));
  });
}

/**
 * What is signed with unless the officer says otherwise: what was chosen here; else what was used last; else one that fits (the officer's own
 * name, or for the seal nobody's who signed before); else the first that works. The key of training never steps in for a real token that does not work: then the real one is shown with what is wrong with it.
 */
export function pickChoice(
  choices: readonly Choice[],
  chosen: string | null,
  usedLast: string | null,
  fits: (subject: string) => boolean = () => true,
): Choice | null {
  const real = choices.filter((one) => !one.token.training);
  const works = (one: Choice) => one.problem === null;
  return (
    choices.find((one) => one.key === chosen) ??
    choices.find((one) => one.certificate?.id === usedLast && works(one) && (!one.token.training || real.length === 0)) ??
    real.find((one) => works(one) && one.certificate !== null && fits(one.certificate.subject)) ??
    real.find(works) ??
    real[0] ??
    choices.find(works) ??
    choices[0] ??
    null
  );
}
