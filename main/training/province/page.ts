import type { HeldDossier } from './store.ts';
import type { TroubleSettings } from './troubles.ts';
import type { ProvinceReply } from './wire.ts';

const esc = (t: string) => t.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const STATUS = [
  '',
  'Mới đăng ký',
  'Được tiếp nhận',
  'Không được tiếp nhận',
  'Đang xử lý',
  'Yêu cầu bổ sung giấy tờ',
  'Yêu cầu thực hiện nghĩa vụ tài chính',
  'Công dân yêu cầu rút hồ sơ',
  'Dừng xử lý',
  'Đã xử lý xong',
  'Đã trả kết quả',
];

const word = (v: unknown) => (typeof v === 'string' ? v : '');
const kb = (n: number) => `${Math.max(1, Math.round(n / 1024)).toLocaleString('vi')} KB`;
const files = (list: HeldDossier['files']) =>
  list.length === 0
    ? '<span class="dim">không có</span>'
    : `<ul>${list.map((f) => `<li>${esc(f.name)} <span class="dim">${kb(f.size)}</span><br><code>${f.sha256}</code></li>`).join('')}</ul>`;

function troublesOn(t: TroubleSettings): string[] {
  const on: string[] = [];
  if (t.down) on.push('không trả lời');
  if (t.slowMs > 0) on.push(`chậm ${t.slowMs} ms`);
  if (t.dropReplies > 0) on.push(`mất ${Math.round(t.dropReplies * 100)} % hồi đáp`);
  if (t.halfReplies > 0) on.push(`đứt giữa ${Math.round(t.halfReplies * 100)} % hồi đáp`);
  if (t.duplicateReplies > 0) on.push('hồi đáp hai lần');
  if (t.status) on.push(`trả mã ${t.status.code}`);
  if (t.wrongHash > 0) on.push('sai mã kiểm');
  if (t.clockSkewMs !== 0) on.push(`lệch giờ ${Math.round(t.clockSkewMs / 60000)} phút`);
  if (t.signInRefused) on.push('từ chối đăng nhập');
  if (t.unknownComponents.length > 0) on.push('danh mục thành phần đã đổi');
  return on;
}

/** The virtual province's own page: what it holds, plainly. No scripts; it is read, not worked in. */
export function provincePage(held: HeldDossier[], troubles: TroubleSettings): ProvinceReply {
  const on = troublesOn(troubles);
  const rows = held
    .slice(-200)
    .reverse()
    .map(
      (d) => `<tr><td><b>${esc(d.code)}</b><br><span class="dim">bản ${d.revision}, ${d.source === 'lgsp' ? 'LGSP' : 'DVCQG'}</span></td>
<td>${esc(word(d.body['TenTTHC']) || word(d.body['MaTTHC']))}<br><span class="dim">${esc(word(d.body['ChuHoSo']))}</span></td>
<td>${STATUS[d.status] ?? d.status}<br><span class="dim">${d.progress.length} lần báo tiến trình</span></td><td>${files(d.files)}</td><td>${files(d.results)}</td></tr>`,
    )
    .join('');
  const html = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Tỉnh ảo: hồ sơ đã nhận</title><meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{font:15px/1.5 "Be Vietnam Pro",system-ui,sans-serif;margin:0;color:#16262b;background:#f6f8f8}header{background:#0b343a;color:#fff;padding:14px 24px}h1{font-size:20px;margin:0}
.train{background:#fbeec9;color:#5c4300;padding:6px 24px;font-weight:600}main{padding:16px 24px}table{border-collapse:collapse;width:100%;background:#fff}th{text-align:left;font-size:13px;color:#4d6066;font-weight:500}
th,td{border-bottom:1px solid #d7dfe0;padding:8px 12px 8px 8px;vertical-align:top}td b{white-space:nowrap}code{font-size:11px;color:#4d6066;overflow-wrap:anywhere}ul{margin:0;padding-left:16px}.dim{color:#4d6066;font-size:13px}
.on{background:#fde7e3;color:#8c1d14;padding:8px 12px;margin:0 0 12px}</style></head><body>
<header><h1>Hệ thống tỉnh ảo: ${held.length} hồ sơ đã nhận</h1></header>
<div class="train">TẬP HUẤN: máy giả lập, công dân và hồ sơ là mẫu.</div><main>
${on.length > 0 ? `<p class="on">Sự cố đang bật: ${esc(on.join(', '))}.</p>` : ''}
${held.length === 0 ? '<p>Chưa nhận hồ sơ nào. Tiếp nhận một hồ sơ ở quầy rồi tải lại trang này.</p>' : `<table><thead><tr><th>Mã hồ sơ</th><th>Thủ tục, chủ hồ sơ</th><th>Trạng thái</th><th>Giấy tờ</th><th>Kết quả</th></tr></thead><tbody>${rows}</tbody></table>`}
</main></body></html>`;
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
    body: Buffer.from(html),
  };
}
