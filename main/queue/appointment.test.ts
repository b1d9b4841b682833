import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromVietnam } from '../store/index.ts';
import { appointmentCode, onItsDay, readAppointment } from './appointment.ts';
import { trainingSite } from './index.ts';

const KEY = 'khoa-phieu-hen';
const site = { ...trainingSite, appointments: { ...trainingSite.appointments, key: KEY } };
const booked = fc.record({
  series: fc.constantFrom(...trainingSite.services.map((s) => s.series)),
  day: fc.constantFrom('2026-11-23', '2027-02-28', '2028-02-29'),
  time: fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':')),
  booking: fc.stringMatching(/^[A-Z0-9]{0,8}$/),
});

describe('the code on a booking slip', () => {
  it('is read back as it was booked', () => {
    fc.assert(
      fc.property(booked, (b) => {
        const code = appointmentCode(KEY, b);
        expect(readAppointment(site, ` ${code} `)).toEqual({
          code,
          serviceId: trainingSite.services.find((s) => s.series === b.series)?.id,
          at: fromVietnam(b.day, b.time),
        });
      }),
    );
  });
  it('is not one when a character was misread, or when somebody made it up with another key', () => {
    fc.assert(
      fc.property(booked, fc.nat(), fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'.split('')), (b, place, other) => {
        const code = appointmentCode(KEY, b);
        const at = place % code.length;
        const misread = code.slice(0, at) + other + code.slice(at + 1);
        // The seed is fixed: one wrong code in a million passes twenty bits, and a test must not be that one.
        if (misread !== code) expect(readAppointment(site, misread)).toBeUndefined();
        expect(readAppointment(site, appointmentCode('khoa-khac-han', b))).toBeUndefined();
      }),
      { seed: 20261121 },
    );
  });
  it('is good on its own day alone, and says which day that is', () => {
    const at = fromVietnam('2026-11-23', '09:30');
    expect(onItsDay(at, fromVietnam('2026-11-23', '00:00'))).toBeUndefined();
    expect(onItsDay(at, fromVietnam('2026-11-23', '23:59'))).toBeUndefined();
    expect(onItsDay(at, fromVietnam('2026-11-24', '00:00'))).toMatchObject({ refused: 'appointment-past' });
    const early = onItsDay(at, fromVietnam('2026-11-22', '23:59'));
    expect(early).toMatchObject({ refused: 'appointment-ahead' });
    expect(early?.vi).toContain('23/11/2026');
  });
});
