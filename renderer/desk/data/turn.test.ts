import { describe, expect, it } from 'vitest';
import { createTurn } from './turn.ts';

describe('the turns of one officer', () => {
  it('takes a second press of the same command for the same press', async () => {
    const turn = createTurn();
    const done = await turn.take('next');
    expect(done).toBeTypeOf('function');
    expect(await turn.take('next', ['finish'])).toBeNull();
    done?.(true);
    expect(await turn.take('next')).toBeTypeOf('function');
  });

  it('drops another command meanwhile, unless it may wait for that one', async () => {
    const turn = createTurn();
    const finish = await turn.take('finish');
    expect(await turn.take('recall')).toBeNull();
    const next = turn.take('next', ['finish']);
    expect(await turn.take('next', ['finish'])).toBeNull(); // pressed twice while waiting
    finish?.(true);
    expect(await next).toBeTypeOf('function');
  });

  it('lets nothing follow a command that was refused', async () => {
    const turn = createTurn();
    const finish = await turn.take('finish');
    const next = turn.take('next', ['finish']);
    finish?.(false);
    expect(await next).toBeNull();
    expect(await turn.take('next')).toBeTypeOf('function');
  });
});
