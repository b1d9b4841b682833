import { useEffect, useState } from 'react';
import { Icon } from '../shared/parts/Icon.tsx';
import { useSay } from '../shared/language.tsx';

/** No number can be given: says so, and where a person is. Both languages, because nobody could choose one. */
export function OutOfOrder({ patienceMs = 0 }: { patienceMs?: number }) {
  const say = useSay();
  const [late, setLate] = useState(patienceMs === 0);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, [patienceMs]);
  return (
    <div className="kiosk">
      <main className="closed">
        {late ? (
          <>
            <Icon name="off" />
            <h1>{say('Máy lấy số tạm ngừng', 'The ticket machine is out of order')}</h1>
            <p role="status">Xin ông/bà đến quầy hướng dẫn để được phát số. Máy sẽ tự hoạt động lại.</p>
            <p lang="en">Please ask at the information desk for a number. The machine will come back by itself.</p>
          </>
        ) : (
          <h1 className="vh">Lấy số</h1>
        )}
      </main>
    </div>
  );
}
