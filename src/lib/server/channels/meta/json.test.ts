import { describe, expect, test } from 'vitest';
import { metaId, parseMetaJson } from './json.ts';

describe('parseMetaJson', () => {
	test('keeps every digit of an id that is a bare number', () => {
		const text = '{"user_id": 17841400000000001234,"id":\n9007199254740993,"data":[{"id":-7}]}';
		expect(parseMetaJson(text)).toEqual({
			user_id: '17841400000000001234',
			id: '9007199254740993',
			data: [{ id: '-7' }]
		});
	});

	test('leaves numbers that are no ids, and ids that are no integers, as they are', () => {
		const text = '{"code":190,"expires_in":5183944,"valid":1,"grid":2,"id":1.5,"user_id":1e3}';
		expect(parseMetaJson(text)).toEqual(JSON.parse(text));
	});

	test.each([
		['a text that looks like it', 'see {"id":12345678901234567890} and "user_id": 1'],
		['quotes and backslashes at its end', '\\"id":1 \\\\'],
		['a text that is only a quote', '"'],
		['line breaks', '"id":\n 12']
	])('changes no text: %s', (_, message) => {
		const value = { message, id: '1', from: { name: message, note_id: null } };
		expect(parseMetaJson(JSON.stringify(value))).toEqual(value);
		const text = `{"message":${JSON.stringify(message)},"id":12345678901234567890}`;
		expect(parseMetaJson(text)).toEqual({ message, id: '12345678901234567890' });
	});

	test('does not take a text for a key because an integer follows in an array', () => {
		expect(parseMetaJson('{"id":1,"a":["id",2,"user_id",3]}')).toEqual({
			id: '1',
			a: ['id', 2, 'user_id', 3]
		});
	});

	test('refuses what is no JSON', () => {
		expect(() => parseMetaJson('<html>"id":1</html>')).toThrow(SyntaxError);
		expect(() => parseMetaJson('{"id":01}')).toThrow(SyntaxError);
		expect(() => parseMetaJson('')).toThrow(SyntaxError);
	});

	test('survives a body of megabytes in one text', () => {
		const message = '\\"id":1,'.repeat(500_000);
		const text = JSON.stringify({ message }).replace(/}$/, ',"id":12345678901234567890}');
		expect(parseMetaJson(text)).toEqual({ message, id: '12345678901234567890' });
	});
});

test('an id is text that can stand in a path', () => {
	expect(metaId.safeParse('911936075671494_911936769004758').success).toBe(true);
	for (const id of ['', 'a/b', 'a?b', 'ä', 12, 'x'.repeat(201)]) {
		expect(metaId.safeParse(id).success).toBe(false);
	}
});
