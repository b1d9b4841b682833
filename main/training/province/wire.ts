/** A request and a reply of the virtual province, apart from sockets, so that a simulation can do without them. */
export interface ProvinceRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
export interface ProvinceReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const jsonReply = (status: number, value: unknown, headers: Record<string, string> = {}): ProvinceReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: Buffer.from(JSON.stringify(value)),
});
export const said = (status: number, MaLoi: string, ThongBao: string, headers: Record<string, string> = {}): ProvinceReply =>
  jsonReply(status, { MaLoi, ThongBao }, headers);

export function parseJson(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** multipart/form-data with text fields and one file (RFC 7578); null when the body is not whole. */
export function parseMultipart(
  contentType: string,
  body: Buffer,
): { fields: Record<string, string>; file: Buffer | null; filename: string } | null {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) return null;
  const mark = Buffer.from(`--${boundary}`);
  const fields: Record<string, string> = {};
  let file: Buffer | null = null;
  let filename = '';
  let at = body.indexOf(mark);
  let closed = false;
  while (at >= 0) {
    const start = at + mark.length;
    if (body.subarray(start, start + 2).toString() === '--') {
      closed = true;
      break;
    }
    const headEnd = body.indexOf('\r\n\r\n', start);
    if (headEnd < 0) return null;
    const head = body.subarray(start + 2, headEnd).toString('utf8');
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), headEnd + 2);
    if (next < 0) return null;
    const content = body.subarray(headEnd + 4, next);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    const given = /filename="([^"]*)"/.exec(head)?.[1];
    if (given !== undefined) {
      file = content;
      filename = given;
    } else fields[name] = content.toString('utf8');
    at = next + 2;
  }
  return closed ? { fields, file, filename } : null;
}
