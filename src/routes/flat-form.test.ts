import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { superValidate } from 'sveltekit-superforms/server';
import { zod4 } from 'sveltekit-superforms/adapters';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { flatForm } from './flat-form.ts';

const schema = zod4(z.object({ email: z.string() }));

const sent = (body: BodyInit, headers: Record<string, string> = {}): Request =>
	new Request('https://same.invalid/', { method: 'POST', body, headers });

test('nested data in a form is not read, however often it is there', async () => {
	const body = new URLSearchParams({ email: 'ana@example.com' });
	for (let n = 0; n < 2; n++) body.append('__superform_json', '[{"email":1},"bo@example.com"]');
	const form = await superValidate(await flatForm(sent(body)), schema);
	expect(form).toMatchObject({ valid: true, posted: true, data: { email: 'ana@example.com' } });
});

test('what is no form has no fields', async () => {
	const headers = { 'content-type': 'multipart/form-data; boundary=x' };
	expect([...(await flatForm(sent('--x\r\nfoo', headers)))]).toEqual([]);
});

test('no page hands superforms the request itself', () => {
	const pages = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.server.ts'))
		.map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), 'utf8') }));
	const called = pages.filter(({ text }) => text.includes('superValidate('));
	expect(called.length).toBeGreaterThan(4);
	const careless = called.filter(({ text }) => /superValidate\(\s*(event\.)?request\b/.test(text));
	expect(careless.map(({ name }) => name)).toEqual([]);
});
