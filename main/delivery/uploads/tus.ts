import type { CheckedFile, UploadOptions } from '../adapters/adapter.ts';
import { ProvinceProblem } from '../problems.ts';
import type { WireReply, WireRequest } from '../transport.ts';

/** One PATCH carries at most this much, so a cut costs at most this much again even when the receiver throws a torn request away. */
export const TUS_CHUNK_BYTES = 512 * 1024;
const TUS = { 'tus-resumable': '1.0.0' };

/**
 * Sends a file to a tus 1.0.0 gateway (creation extension) and takes it up again where it was cut, also after a restart.
 * The address is remembered before the first byte leaves. Nothing is sent from an offset that the gateway did not name.
 * @returns the address of the finished upload
 * @throws ProvinceProblem `line`, `busy`, `sign-in`, `refused`, `file`
 */
export async function uploadTus(request: {
  /** Speaks to the gateway; brings the token along where there is one. */
  send(request: WireRequest): Promise<WireReply>;
  gatewayUrl: string;
  file: CheckedFile;
  upload: UploadOptions;
  problemOf: (reply: WireReply) => ProvinceProblem;
}): Promise<string> {
  const { file, upload } = request;
  const { signal } = upload;
  let url = upload.memory.url;
  let offset = url === null ? null : await askOffset(url);
  if (url === null || offset === null) {
    url = await begin();
    offset = 0;
  }
  upload.onProgress(offset);
  let torn = 0;
  while (offset < file.size) {
    const from = offset;
    const chunk = await take(file, from);
    if (upload.pace) await upload.pace(chunk.length);
    const reply = await request.send({
      method: 'PATCH',
      url,
      headers: { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(from) },
      body: chunk,
      signal,
    });
    if (reply.status === 409 || reply.status === 423) {
      // Somebody (an earlier request of ours that was still under way) moved the offset: ask where it is now.
      torn += 1;
      const now = torn < 5 ? await askOffset(url) : null;
      if (now === null) throw new ProvinceProblem('line', 'the upload is gone', { reasonCode: 'upload-lost' });
      offset = now;
      continue;
    }
    if (reply.status === 404 || reply.status === 410) {
      upload.memory.remember(null);
      throw new ProvinceProblem('line', 'the upload is gone', { reasonCode: 'upload-lost' });
    }
    if (reply.status !== 204 && reply.status !== 200) throw request.problemOf(reply);
    const next = Number(reply.headers['upload-offset']);
    if (!Number.isInteger(next) || next <= from || next > file.size)
      throw new ProvinceProblem('fault', 'bad Upload-Offset', { reasonCode: 'bad-offset' });
    offset = next;
    upload.onProgress(offset);
  }
  return url;

  async function begin(): Promise<string> {
    const metadata = `filename ${Buffer.from(file.name).toString('base64')},sha256 ${Buffer.from(file.sha256).toString('base64')}`;
    const reply = await request.send({
      method: 'POST',
      url: request.gatewayUrl,
      headers: { ...TUS, 'upload-length': String(file.size), 'upload-metadata': metadata },
      signal,
    });
    const location = reply.headers['location'];
    if (reply.status !== 201 || !location) throw request.problemOf(reply);
    const created = new URL(location, request.gatewayUrl);
    // A gateway behind a proxy may name itself otherwise; only its path counts, the host stays the one on the allow-list.
    const address = new URL(created.pathname + created.search, request.gatewayUrl).toString();
    upload.memory.remember(address);
    return address;
  }

  async function askOffset(address: string): Promise<number | null> {
    const reply = await request.send({ method: 'HEAD', url: address, headers: TUS, signal });
    if (reply.status === 404 || reply.status === 410) {
      upload.memory.remember(null);
      return null;
    }
    if (reply.status !== 200 && reply.status !== 204) throw request.problemOf(reply);
    const at = Number(reply.headers['upload-offset']);
    const length = Number(reply.headers['upload-length']);
    if (!Number.isInteger(at) || length !== file.size) {
      upload.memory.remember(null);
      return null;
    }
    return at;
  }
}

async function take(file: CheckedFile, offset: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let got = 0;
  for await (const chunk of file.chunks(offset)) {
    const part = chunk.subarray(0, TUS_CHUNK_BYTES - got);
    parts.push(part);
    got += part.length;
    if (got >= TUS_CHUNK_BYTES) break;
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}
