import type { BoardView } from '../../main/contract/queue.ts';
import { Icon } from '../shared/parts/Icon.tsx';
import { rangeText } from '../shared/ticketText.ts';
import { clockText } from '../shared/time.ts';

/** How many wait and about how long, per group; bottom right the hall's total, or the mark that this picture is old. */
export function WaitingGroups({ groups, total, staleSince }: { groups: BoardView['groups']; total: number; staleSince: number | null }) {
  return (
    <section className={`wait n${Math.min(groups.length, 8) > 5 ? 'many' : Math.max(1, groups.length)}`} aria-label="Số người đang chờ">
      {groups.slice(0, 8).map((group) => {
        const range = rangeText(group.wait);
        return (
          <div key={group.serviceId} className="g">
            <h3>{group.vi}</h3>
            <p>
              <b>{group.waiting}</b> người<span className="w"> chờ</span>
            </p>
            <p>
              {!group.open ? (
                'Tạm nghỉ'
              ) : range === null ? (
                'Chưa có quầy'
              ) : (
                <>
                  <b>{range}</b> phút
                </>
              )}
            </p>
          </div>
        );
      })}
      {staleSince === null ? (
        <div className="sum">
          <h3>Cả sảnh</h3>
          <p>
            <b>{total}</b> người chờ
          </p>
        </div>
      ) : (
        <div className="mark" role="status">
          <Icon name="off" />
          <span>Mất kết nối từ {clockText(staleSince)}. Xin hỏi quầy hướng dẫn.</span>
        </div>
      )}
    </section>
  );
}
