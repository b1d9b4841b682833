import type { Refusal } from '../contract/refusal.ts';

/** The pairing page: no script, so that it works on the oldest browser of a hall screen. */
export function pairPage(refusal?: Refusal): string {
  const message = refusal ? `<p role="alert"><strong>${refusal.vi}</strong><br><span lang="en">${refusal.en}</span></p>` : '';
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Quầy: ghép màn hình</title><link rel="stylesheet" href="/pair.css"></head>
<body><main><h1>Ghép màn hình này với Quầy</h1>
<p>Ở quầy, mở Thiết bị, chọn Ghép màn hình, rồi gõ tám chữ số hiện ra vào đây.<br><span lang="en">At a counter, open Devices, choose Pair a screen, and type the eight digits here.</span></p>
${message}
<form method="post" action="/pair"><label for="code">Mã ghép (8 chữ số)</label><input id="code" name="code" inputmode="numeric" autocomplete="off" maxlength="12" required autofocus><button>Ghép</button></form>
</main></body></html>`;
}

export const PAIR_CSS = `html{color-scheme:light}body{margin:0;background:#edf1f0;color:#14201e;font:18px/1.6 'Be Vietnam Pro','Noto Sans',system-ui,sans-serif}
main{max-width:34rem;margin:8vh auto;padding:2rem;background:#fff;border-top:3px solid #8e1b16;border-radius:6px}h1{font-size:1.5rem;line-height:1.5;margin:0 0 1rem}
p[role=alert]{background:#fce8e5;color:#9c1810;padding:.75rem 1rem;border:1px solid #df8f87;border-radius:6px}label{display:block;font-weight:600}
input{font:inherit;font-size:1.75rem;letter-spacing:.2em;width:100%;box-sizing:border-box;padding:.5rem .75rem;border:1px solid #6b7b78;border-radius:6px;margin:.25rem 0 1rem}
button{font:inherit;font-weight:600;color:#fff;background:#0c4e5a;border:0;border-radius:6px;padding:.75rem 2rem;min-height:44px}:focus-visible{outline:3px solid #1f55d0;outline-offset:3px}`;
