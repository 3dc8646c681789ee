import { expect, test } from 'vitest';
import type { ChannelStatus } from '../domain/events.ts';
import { channelHealth } from './channel-health.ts';

const NOW = 1_760_000_000_000;

function health(status: ChannelStatus, lastCommentAt: number | null, detail: string | null = null) {
	const channel = { channelId: 'c', platform: 'facebook', liveId: 'L', status, reason: null, detail };
	return channelHealth(channel, lastCommentAt, NOW);
}

test('a connected channel says how long ago the last comment came', () => {
	expect(health('connected', NOW - 12_000)).toMatchObject({ mood: 'good', age: '12s' });
	expect(health('connected', NOW - 200_000).age).toBe('3:20');
	expect(health('connected', null).title).toBe('Facebook: connected. No comment yet.');
});

test('a channel that is down says why', () => {
	const { mood, label, title } = health('disconnected', NOW - 1_000, 'The token has expired.');
	expect({ mood, label }).toEqual({ mood: 'bad', label: 'Down' });
	expect(title).toBe('Facebook: down. Last comment 1s ago. The token has expired.');
});

test('after the broadcast the age says nothing', () => {
	expect(health('ended', NOW - 1_000)).toMatchObject({ mood: 'off', age: null });
});
