/** From the first day of the month `months - 1` months ago to `today` (`YYYY-MM-DD`). Three months are 92 days at most. */
export function monthsBack(today: string, months: number): { from: string; to: string } {
  const index = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1 - (months - 1);
  const year = Math.floor(index / 12);
  return { from: `${year}-${String((index % 12) + 1).padStart(2, '0')}-01`, to: today };
}
