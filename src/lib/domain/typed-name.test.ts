import { expect, test } from 'vitest';
import { isTypedName, visibleName } from './typed-name.ts';

test.each([
	['Ana Maria', 'Ana  Maria'],
	['Ana Maria', 'Ana\u00a0Maria'],
	['  Ana Maria ', 'Ana\tMaria\n'],
	['ليلى', '\u200fليلى\u200e'],
	['Ana', '\u2067Ana\u2069'],
	['e\u0301te\u0301', 'été'],
	['👩👧', '👩\u200d👧'],
	["Rita's “A-Z” shop", 'Rita’s "A–Z" shop']
])('%j is what people see of %j', (typed, name) => {
	expect(isTypedName(typed, name)).toBe(true);
});

test.each([
	['ana', 'Ana'],
	['AnaMaria', 'Ana  Maria'],
	['', 'Ana'],
	['', ''],
	['', '\u200b '],
	['Аna', 'Ana']
])('%j is not %j', (typed, name) => {
	expect(isTypedName(typed, name)).toBe(false);
});

test('of a name that can’t be seen nothing is left', () => {
	expect(visibleName(' \u200b\u2060')).toBe('');
});
