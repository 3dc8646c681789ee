import { describe, expect, test } from 'vitest';
import { registerInput, signInInput } from './input.ts';

const valid = {
	email: 'Ann@Example.com ',
	password: 'correct horse',
	name: ' Ann ',
	workspaceName: 'Ann’s shop'
};

describe('registerInput', () => {
	test('normalises the address and trims names', () => {
		expect(registerInput.parse(valid)).toEqual({
			email: 'ann@example.com',
			password: 'correct horse',
			name: 'Ann',
			workspaceName: 'Ann’s shop'
		});
	});

	test.each([
		['email', 'nobody'],
		['email', `${'a'.repeat(250)}@example.com`],
		['password', '1234567'],
		['password', 'x'.repeat(201)],
		['name', '  '],
		['name', '\u0000'],
		['name', 'x'.repeat(201)],
		['workspaceName', '']
	])('refuses %s %j with a message of its own', (field, value) => {
		const parsed = registerInput.safeParse({ ...valid, [field]: value });
		expect(parsed.error?.issues).toHaveLength(1);
		expect(parsed.error?.issues[0]?.path).toEqual([field]);
		expect(parsed.error?.issues[0]?.message).not.toContain('Invalid');
	});

	test('keeps the password as it was typed', () => {
		const password = '  spaces count  ';
		expect(registerInput.parse({ ...valid, password }).password).toBe(password);
	});
});

test('signing in bounds the password, so that argon2 can’t be given megabytes', () => {
	const long = signInInput.safeParse({ email: valid.email, password: 'x'.repeat(201) });
	expect(long.success).toBe(false);
	expect(signInInput.safeParse({ email: valid.email, password: 'short' }).success).toBe(true);
});
