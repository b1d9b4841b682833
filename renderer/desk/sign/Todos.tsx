import { useEffect, useState } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { whenText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';

type Todo = Awaited<ReturnType<typeof client.signing.todos>>[number];

/** What signed documents still owe, and the button that pays it. */
export function Todos({ count }: { count: number }) {
  const say = useSay();
  const now = useNow(30_000);
  const { run, busy, trouble, dismiss } = useCommand();
  const [todos, setTodos] = useState<readonly Todo[]>([]);
  const [said, setSaid] = useState('');
  useEffect(() => read(() => client.signing.todos(), setTodos), [count]);
  const settle = () =>
    void run('settle', (commandId) => client.signing.settleTodos({ commandId })).then((done) => {
      if (!done) return;
      setSaid(
        done.left === 0
          ? say('Đã bổ sung đủ.', 'All settled.')
          : say(
              `Đã bổ sung ${done.settled}, còn nợ ${done.left}. Máy chủ chưa trả lời.`,
              `${done.settled} settled, ${done.left} still owed.`,
            ),
      );
    });
  return (
    <section data-todos={count}>
      <h2>{say(`Còn nợ dấu thời gian: ${count}`, `Timestamps owed: ${count}`)}</h2>
      <ul className="small owed">
        {todos.slice(0, 3).map((todo) => (
          <li key={todo.documentId}>
            <span className="code">{todo.dossierCode}</span> {say('từ', 'since')} {whenText(todo.since, now)}
            {todo.kind === 'long-term' ? say(', thiếu dữ liệu lâu dài', ', long-term data missing') : ''}
          </li>
        ))}
        {todos.length > 3 ? <li>{say(`và ${todos.length - 3} bản nữa`, `and ${todos.length - 3} more`)}</li> : null}
      </ul>
      <button type="button" className="btn sm" aria-disabled={busy !== null} onClick={settle} data-action="settle">
        {busy === null ? say('Xin bổ sung ngay', 'Ask for them now') : say('Đang xin…', 'Asking…')}
      </button>{' '}
      <span role="status" className="small">
        {said}
      </span>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
    </section>
  );
}
