const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * A new command id: 22 characters, 132 random bits. `crypto.randomUUID` exists in secure contexts only and hall screens
 * are plain http on the LAN, so the id is made from `getRandomValues`, which is always there.
 */
export function newCommandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22));
  let id = '';
  for (const byte of bytes) id += ALPHABET[byte & 63];
  return id;
}
