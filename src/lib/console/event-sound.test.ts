import { expect, test } from 'vitest';
import type { ChannelReason, ChannelStatus } from '../domain/events.ts';
import { soundOf } from './event-sound.ts';
import { claim } from './show-fixture.ts';

function heard(status: ChannelStatus, reason: ChannelReason | null) {
	return soundOf({
		...{ id: 'e1:1', epoch: 'e1', seq: 1, at: 0, type: 'channel.status' },
		data: { channelId: 'c', platform: 'facebook', liveId: 'L', status, reason, detail: null }
	});
}

test('a channel that fails is heard, one that an operator stopped or that ended is not', () => {
	expect(heard('disconnected', 'needs_reauth')).toBe('channel');
	expect(heard('degraded', 'throttled')).toBe('channel');
	expect(heard('disconnected', 'stopped')).toBeNull();
	expect(heard('ended', 'live_ended')).toBeNull();
	expect(heard('connected', null)).toBeNull();
});

test('a win is heard, a place in the queue is not', () => {
	expect(soundOf(claim(1, 'ana'))).toBe('win');
	expect(soundOf(claim(1, 'ana', 'waitlist'))).toBeNull();
});
