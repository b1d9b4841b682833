import { Der, sameBytes } from './der.ts';

/** What an authority allows its subordinates to be called, and under which policies they may issue (RFC 5280, 4.2.1.10 to 4.2.1.14). */
export interface Constraints {
  permitted: Der[];
  excluded: Der[];
  /** Certificates below that need no policy yet; undefined when policies are not required. */
  explicitPolicy: number | undefined;
  mapsPolicies: boolean;
  inhibitsAnyPolicy: boolean;
}

export const noConstraints = (): Constraints => ({
  permitted: [],
  excluded: [],
  explicitPolicy: undefined,
  mapsPolicies: false,
  inhibitsAnyPolicy: false,
});

/** The names that a certificate gives its subject, and its policies. */
export interface Named {
  subject: Uint8Array;
  issuer: Uint8Array;
  /** GeneralNames of the alternative name extension. */
  altNames: Der[];
  /** Object identifiers; undefined when the extension is absent. */
  policies: string[] | undefined;
  constraints: Constraints;
}

const OID = {
  nameConstraints: '2.5.29.30',
  policies: '2.5.29.32',
  mappings: '2.5.29.33',
  policyConstraints: '2.5.29.36',
  inhibitAny: '2.5.29.54',
  altName: '2.5.29.17',
};
const ANY_POLICY = '2.5.29.32.0';
const EMAIL = '1.2.840.113549.1.9.1';
const TAG = { email: 0x81, dns: 0x82, directory: 0xa4, uri: 0x86, ip: 0x87 };
const MOST = 1000;

/** Takes in an extension that belongs here. @returns false for any other. @throws DerError */
export function readConstraint(into: Named, oid: string, value: Der): boolean {
  const own = into.constraints;
  if (oid === OID.altName) into.altNames = value.expect(0x30).children;
  else if (oid === OID.policies) into.policies = value.expect(0x30).children.map((item) => item.child(0).oid);
  else if (oid === OID.nameConstraints) {
    const subtrees = (number: number): Der[] => value.context(number)?.children.map((item) => item.child(0)) ?? [];
    own.permitted = subtrees(0);
    own.excluded = subtrees(1);
  } else if (oid === OID.policyConstraints) {
    const skip = value.context(0)?.content;
    if (skip !== undefined) own.explicitPolicy = skip.length === 1 ? (skip[0] ?? 0) : 0;
  } else if (oid === OID.mappings) own.mapsPolicies = true;
  else if (oid === OID.inhibitAny) own.inhibitsAnyPolicy = true;
  else return false;
  return true;
}

/**
 * Whether a chain, from the certificate itself to the anchor, keeps within the names and policies that its authorities set.
 * @returns the first certificate that does not
 */
export function outside<T extends Named>(chain: T[]): T | undefined {
  for (let index = chain.length - 1; index > 0; index--) {
    const own = chain[index]?.constraints;
    if (own === undefined || own.permitted.length + own.excluded.length === 0) continue;
    // Authorities that renew themselves under their own name are left out, the last certificate never is.
    const below = chain.slice(0, index).filter((item, i) => i === 0 || !sameBytes(item.subject, item.issuer));
    const found = below.find((item) => !named(item, own));
    if (found !== undefined) return found;
  }
  return withoutPolicy(chain) ? chain[0] : undefined;
}

function withoutPolicy(chain: Named[]): boolean {
  const required = chain.some(
    ({ constraints }, index) => constraints.explicitPolicy !== undefined && index - constraints.explicitPolicy > 0,
  );
  if (!required) return false;
  const below = chain.slice(0, -1);
  // Policies that are mapped to others, or a wildcard that someone forbade, would need the whole tree of RFC 5280, 6.1.2.
  if (chain.some((item) => item.constraints.mapsPolicies)) return true;
  const wild = (item: Named): boolean =>
    item.policies?.includes(ANY_POLICY) === true && !chain.some((one) => one.constraints.inhibitsAnyPolicy);
  if (below.some((item) => item.policies === undefined)) return true;
  const [first, ...others] = below.filter((item) => !wild(item));
  return first?.policies?.every((policy) => !others.every((item) => item.policies?.includes(policy) === true)) === true;
}

interface Name {
  tag: number;
  value: Uint8Array;
}

function namesOf(item: Named): Name[] {
  const found: Name[] = item.altNames.map((name) => ({
    tag: name.tag,
    value: name.tag === TAG.directory ? name.child(0).raw : name.content,
  }));
  const subject = Der.whole(item.subject);
  if (subject.children.length > 0) found.push({ tag: TAG.directory, value: item.subject });
  // RFC 5280, 4.2.1.10: an address in the subject counts when the alternative names have none.
  if (!found.some((name) => name.tag === TAG.email)) {
    for (const set of subject.children)
      for (const part of set.children) if (part.child(0).oid === EMAIL) found.push({ tag: TAG.email, value: part.child(1).content });
  }
  return found;
}

function named(item: Named, own: Constraints): boolean {
  const names = namesOf(item);
  if (names.length * (own.permitted.length + own.excluded.length) > MOST * MOST) return false;
  return names.every((name) => {
    const permitted = own.permitted.filter((base) => base.tag === name.tag);
    if (permitted.length > 0 && !permitted.some((base) => within(name, base))) return false;
    const excluded = own.excluded.filter((base) => base.tag === name.tag);
    return !excluded.some((base) => !known(name.tag) || within(name, base));
  });
}

const known = (tag: number): boolean => Object.values(TAG).includes(tag);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').toLowerCase();

function within(name: Name, base: Der): boolean {
  if (name.tag === TAG.directory) return beginsWith(name.value, base.child(0));
  const limit = text(base.content);
  const value = text(name.value);
  if (name.tag === TAG.email) {
    const host = value.slice(value.lastIndexOf('@') + 1);
    return limit.includes('@') ? value === limit : limit.startsWith('.') ? host.endsWith(limit) : host === limit;
  }
  if (name.tag === TAG.dns) return limit === '' || value === limit || value.endsWith(limit.startsWith('.') ? limit : `.${limit}`);
  if (name.tag === TAG.uri) {
    const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/:?#]+)/.exec(value)?.[1];
    return host !== undefined && (limit.startsWith('.') ? host.endsWith(limit) : host === limit);
  }
  if (name.tag !== TAG.ip || base.content.length !== name.value.length * 2) return false;
  const half = name.value.length;
  return name.value.every((byte, i) => (byte & (base.content[half + i] ?? 0)) === ((base.content[i] ?? 0) & (base.content[half + i] ?? 0)));
}

/** A directory name lies in a subtree when it begins with all of its parts. */
function beginsWith(name: Uint8Array, base: Der): boolean {
  const parts = (whole: Der): string[] => whole.children.map(partText);
  const own = parts(Der.whole(name));
  return parts(base.expect(0x30)).every((part, i) => own[i] === part);
}

/** One part of a name in a form in which two encodings of the same text are equal (RFC 5280, 7.1, simplified to case and white space). */
export const partText = (set: Der): string =>
  set.children
    .map((item) => `${item.child(0).oid}=${item.child(1).text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()}`)
    .sort()
    .join('+');
