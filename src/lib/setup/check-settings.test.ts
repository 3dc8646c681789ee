import { expect, test } from 'vitest';
import { checkSettings, sameSettings } from './check-settings.ts';

const good = { name: 'Friday sale', claimWord: 'sold', passWord: 'pass' };

test('a name and two different words are fine', () => {
	expect(checkSettings(good)).toEqual({});
	expect(checkSettings({ name: ' x ', claimWord: 'ＭＥ!', passWord: 'ขาย' })).toEqual({});
});

test.each([
	[{ name: '  ' }, 'name'],
	[{ name: 'a'.repeat(201) }, 'name'],
	[{ claimWord: '' }, 'claimWord'],
	[{ claimWord: 'two words' }, 'claimWord'],
	[{ claimWord: '12' }, 'claimWord'],
	[{ claimWord: 'a'.repeat(41) }, 'claimWord'],
	[{ passWord: '!!' }, 'passWord'],
	[{ passWord: 'SOLD!' }, 'passWord']
])('%j is refused at its field', (change, field) => {
	expect(Object.keys(checkSettings({ ...good, ...change }))).toEqual([field]);
});

test('words in another spelling are the same words', () => {
	expect(sameSettings(good, { name: 'Friday sale ', claimWord: 'SOLD', passWord: 'pass!' })).toBe(
		true
	);
	expect(sameSettings(good, { ...good, claimWord: 'mine' })).toBe(false);
	expect(sameSettings(good, { ...good, name: 'Saturday' })).toBe(false);
});
