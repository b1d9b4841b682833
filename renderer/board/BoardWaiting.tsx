import { useEffect, useState } from 'react';

/** Before the hub has answered for the first time: nothing for a moment, then one sentence. */
export function BoardWaiting() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 1500);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="waiting-hub public-dark">
      <h1 className="vh">Bảng hiển thị</h1>
      {late ? <p role="status">Đang nối với máy chủ số. Xin hỏi quầy hướng dẫn.</p> : null}
    </main>
  );
}
