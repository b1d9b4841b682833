import { useEffect, useState } from 'react';
import { useSay } from '../shared/language.tsx';

/** Nothing for a moment, then one sentence: the hub has not answered yet. */
export function Connecting() {
  const say = useSay();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 1_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="gate">
      <h1 className="vh">Quầy</h1>
      {late ? (
        <p role="status">
          {say(
            'Đang nối với máy chủ quầy. Nếu lâu, kiểm tra dây mạng hoặc mở lại trang từ liên kết có mã.',
            'Connecting to the counter server. If this takes long, check the cable or open the page from its link with the code.',
          )}
        </p>
      ) : null}
    </main>
  );
}
