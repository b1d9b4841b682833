import type { IssuedTicket, KioskView } from '../../main/contract/queue.ts';
import { announcementWords } from '../board/words.ts';
import { createClipPlayer, systemVoice } from '../shared/clips.ts';
import type { Language } from '../shared/language.tsx';
import { rangeText } from '../shared/ticketText.ts';

export type GuidePage = 'home' | 'issued' | 'closed';

/** Spoken guidance: the machine's voice where it has one for the language, else the clips of the pack (Vietnamese). */
export interface Guide {
  /** Reads the page out; asked for by a button. */
  page(page: GuidePage, language: Language, view: KioskView, ticket: IssuedTicket | null): void;
  /** The number that was just given; only for those who had the pages read to them. */
  issued(ticket: IssuedTicket, language: Language): void;
  /** "Are you still there?": always heard. */
  attention(language: Language): void;
  stop(): void;
}

/** "B031" as "B 0 3 1", so that a voice reads digits and not a number. */
const apart = (text: string): string => text.split('').join(' ');

export function createGuide(): Guide {
  const player = createClipPlayer();
  let listening = false;

  const say = (language: Language, text: string, clips: readonly string[]) => {
    const voice = systemVoice(language);
    player.stop();
    if (voice) {
      speechSynthesis.cancel();
      const words = new SpeechSynthesisUtterance(text);
      words.voice = voice;
      words.lang = voice.lang;
      speechSynthesis.speak(words);
    } else if (language === 'vi') {
      void player.play(clips);
    } else {
      player.beep();
    }
  };

  const number = (ticket: IssuedTicket): string[] => {
    const words = announcementWords({ text: ticket.text, counterLabel: '' });
    return words.filter((word) => /^(letter|digit)-/.test(word.clip)).map((word) => word.clip);
  };
  const readNumber = (ticket: IssuedTicket, language: Language) => {
    const range = rangeText(ticket.wait);
    const vi = `Số của ông bà là ${apart(ticket.text)}. ${range ? `Dự kiến chờ ${range} phút. ` : ''}Mời ông bà ngồi chờ gọi.`;
    const en = `Your number is ${apart(ticket.text)}. ${range ? `Expected wait ${range} minutes. ` : ''}Please take a seat.`;
    say(language, language === 'vi' ? vi : en, ['guide-number', ...number(ticket), 'guide-wait']);
  };
  const readHome = (language: Language, view: KioskView) => {
    const open = view.groups.filter((group) => group.open);
    const vi = `Chạm vào một ô để lấy số. ${open.map((group) => `${group.vi}, ${group.waiting} người chờ`).join('. ')}. Nếu thuộc diện ưu tiên, xin chọn trước ở khung màu vàng.`;
    const en = `Touch a box to get a number. ${open.map((group) => `${group.en}, ${group.waiting} waiting`).join('. ')}. If you have priority, choose it first in the yellow frame.`;
    say(language, language === 'vi' ? vi : en, ['guide-home']);
  };

  return {
    page(page, language, view, ticket) {
      listening = true;
      if (page === 'issued' && ticket) readNumber(ticket, language);
      else if (page === 'closed')
        say(language, language === 'vi' ? `Hiện chưa phát số. ${view.hoursVi}` : `No numbers now. ${view.hoursEn}`, ['guide-closed']);
      else readHome(language, view);
    },
    issued(ticket, language) {
      if (listening) readNumber(ticket, language);
    },
    attention(language) {
      player.beep();
      // Where there is no voice for the language the tones were all; a second pair would sound like a second question.
      if (!systemVoice(language) && language !== 'vi') return;
      setTimeout(
        () =>
          say(
            language,
            language === 'vi' ? 'Ông bà còn dùng máy không? Xin chạm vào màn hình.' : 'Are you still there? Please touch the screen.',
            ['guide-there'],
          ),
        700,
      );
    },
    stop() {
      listening = false;
      player.stop();
      if ('speechSynthesis' in window) speechSynthesis.cancel();
    },
  };
}
