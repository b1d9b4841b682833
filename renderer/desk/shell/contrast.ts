const STORAGE = 'quay.contrast';

export const contrast = (): boolean => localStorage.getItem(STORAGE) === 'more';

/** High contrast is the officer's own choice; without one the system's wish counts. */
export function setContrast(high: boolean): void {
  if (high) {
    localStorage.setItem(STORAGE, 'more');
    document.documentElement.dataset['contrast'] = 'more';
  } else {
    localStorage.removeItem(STORAGE);
    delete document.documentElement.dataset['contrast'];
  }
}

export function applyContrast(): void {
  if (contrast()) document.documentElement.dataset['contrast'] = 'more';
}
