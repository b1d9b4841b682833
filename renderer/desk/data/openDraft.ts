/** The draft that is open on the intake page, for scans that belong to it. One desk has one. */
let id: string | null = null;
export const openDraft = {
  get: (): string | null => id,
  set(next: string | null): void {
    id = next;
  },
};
