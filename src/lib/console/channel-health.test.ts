import { expect, test } from 'vitest';
import type { ChannelReason, ChannelStatus } from '../domain/events.ts';
import { channelHealth } from './channel-health.ts';

const NOW = 1_760_000_000_000;

function health(
	status: ChannelStatus,
	lastCommentAt: number | null,
	{ reason = null, detail = null }: { reason?: ChannelReason | null; detail?: string | null } = {}
) {
	const channel = { channelId: 'c', platform: 'facebook', liveId: 'L', status, reason, detail };
	return channelHealth(channel, lastCommentAt, NOW);
}

test('a connected channel says how long ago the last comment came', () => {
	expect(health('connected', NOW - 12_000)).toMatchObject({ mood: 'good', age: '12s' });
	expect(health('connected', NOW - 200_000).age).toBe('3:20');
	expect(health('connected', null).title).toBe('Facebook: connected. No comment yet.');
});

test('a channel that is down says why', () => {
	const { mood, label, title } = health('disconnected', NOW - 1_000, {
		detail: 'The token has expired.'
	});
	expect({ mood, label }).toEqual({ mood: 'bad', label: 'Down' });
	expect(title).toBe('Facebook: down. Last comment 1s ago. The token has expired.');
});

test('after the broadcast the age says nothing', () => {
	expect(health('ended', NOW - 1_000)).toMatchObject({ mood: 'off', age: null });
});

test('a platform that slows us down is a warning, a lost access is a fault', () => {
	expect(health('degraded', NOW, { reason: 'throttled' })).toMatchObject({ mood: 'warn' });
	expect(health('disconnected', NOW, { reason: 'needs_reauth' })).toMatchObject({
		mood: 'bad',
		label: 'Reconnect'
	});
});

test('a channel that was stopped says so and nothing more', () => {
	const { mood, age, title } = health('disconnected', NOW - 1_000, { reason: 'stopped' });
	expect({ mood, age, title }).toEqual({ mood: 'off', age: null, title: 'Facebook: stopped.' });
});

test('of two channels of a platform each names its account', () => {
	const channel = {
		channelId: 'c',
		platform: 'facebook',
		liveId: 'L',
		status: 'connected'
	} as const;
	const { title } = channelHealth(
		{ ...channel, reason: null, detail: null },
		null,
		NOW,
		'Ashgrove'
	);
	expect(title).toBe('Facebook · Ashgrove: connected. No comment yet.');
});
