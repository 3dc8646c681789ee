import { describe, expect, test } from 'vitest';
import { healthOf } from './connection-health.ts';

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const required = { need: 'required', why: 'Allow the comments.' };
const webhook = { need: 'webhook', why: 'Allow the news.' };

describe('a connection', () => {
	test.each([
		['whose access has no end', [], null, { health: 'ok', detail: null }],
		['whose access lasts', [], inDays(8), { health: 'ok', detail: null }],
		['that lacks what webhooks need', [webhook], null, { health: 'ok', detail: webhook.why }],
		[
			'that lacks what reading needs',
			[required],
			null,
			{ health: 'degraded', detail: required.why }
		],
		['that lacks both', [webhook, required], null, { health: 'degraded', detail: required.why }],
		[
			'that lacks it and ends soon',
			[required],
			inDays(1),
			{ health: 'degraded', detail: required.why }
		]
	])('%s', (_, missing, until, report) => {
		expect(healthOf(missing, until)).toEqual(report);
	});

	test.each([6.9, 0, -3])('whose access ends in %d days is expiring', (days) => {
		const { health, detail } = healthOf([webhook], inDays(days));
		expect(health).toBe('expiring');
		expect(detail).toContain('Connect again');
	});
});
