import { describe, expect, test } from 'vitest';
import { parseCommand } from './command.ts';

const read = (text: string) => parseCommand(text, '32');

describe('the command bar reads', () => {
	test.each([
		['12', { kind: 'jump', item: '12' }],
		[' #012 ', { kind: 'jump', item: '12' }],
		['１２', { kind: 'jump', item: '12' }],
		['> 12', { kind: 'show', item: '12' }],
		['>12', { kind: 'show', item: '12' }],
		['show 12', { kind: 'show', item: '12' }],
		['Close 12', { kind: 'close', item: '12' }],
		['open #12', { kind: 'open', item: '12' }],
		['12 x3', { kind: 'quantity', item: '12', quantity: 3 }],
		['12 @ana', { kind: 'award', item: '12', handle: 'ana' }],
		['12@ana', { kind: 'award', item: '12', handle: 'ana' }],
		['12 @Walk In', { kind: 'award', item: '12', handle: 'Walk In' }],
		['12 @', { kind: 'award', item: '12', handle: '' }],
		['pause', { kind: 'show_commands', commands: ['pause'] }],
		['>', { kind: 'show_commands', commands: ['next'] }],
		['e', { kind: 'show_commands', commands: ['end'] }]
	])('%s', (text, command) => {
		expect(read(text)).toEqual(command);
	});

	test('+ as a new item, with the next number when none is given', () => {
		const draft = { number: '31', title: 'Blue dress', quantity: 2 };
		expect(read('+ 31 Blue dress x2')).toEqual({ kind: 'add', draft });
		expect(read('+31 Blue dress x2')).toEqual({ kind: 'add', draft });
		expect(read('+ Blue dress')).toEqual({
			kind: 'add',
			draft: { number: '32', title: 'Blue dress', quantity: 1 }
		});
	});

	test('a faulty item or quantity with what is wrong', () => {
		expect(read('+')?.kind).toBe('fault');
		expect(read('+ 31')?.kind).toBe('fault');
		expect(read('+ 0 Dress')?.kind).toBe('fault');
		expect(read('12 x99999')?.kind).toBe('fault');
	});

	test('anything else as no command', () => {
		expect(read('')).toBeNull();
		expect(read('blue dress')).toBeNull();
		expect(read('1234567')).toBeNull();
		expect(read('0')).toBeNull();
	});
});
