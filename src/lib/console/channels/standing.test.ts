import { describe, expect, test } from 'vitest';
import type { ChannelReason, ChannelStatus } from '../../domain/events.ts';
import { channelStanding, liveStanding } from './standing.ts';

function live(status: ChannelStatus, reason: ChannelReason | null, detail: string | null = null) {
	return { status, reason, detail };
}

describe('what the show’s state says of a channel', () => {
	test('a lost access is bad, a platform that limits us is only a warning', () => {
		expect(liveStanding(live('disconnected', 'needs_reauth'))).toMatchObject({
			mood: 'bad',
			label: 'Reconnect'
		});
		expect(liveStanding(live('degraded', 'throttled'))).toMatchObject({
			mood: 'warn',
			label: 'Slowed'
		});
	});

	test('what the operator stopped is no fault', () => {
		expect(liveStanding(live('disconnected', 'stopped')).mood).toBe('off');
		expect(liveStanding(live('disconnected', null)).mood).toBe('bad');
	});

	test('the server’s sentence stands before ours', () => {
		const detail = 'The password was changed. Connect again.';
		expect(liveStanding(live('disconnected', 'needs_reauth', detail)).sentence).toBe(detail);
		expect(liveStanding(live('degraded', 'permission')).sentence).toContain('permission');
	});
});

describe('with the channel’s phase', () => {
	test('a draft’s channel waits, whatever an earlier run has left behind', () => {
		expect(channelStanding('waiting', live('ended', 'show_ended')).sentence).toBe(
			'Starts with the show.'
		);
	});

	test('a report that was on its way does not start a stopped channel again', () => {
		expect(channelStanding('stopped', live('connected', null)).label).toBe('Stopped');
	});

	test('a channel that nobody has reported of yet is connecting', () => {
		expect(channelStanding('listening', undefined).label).toBe('Connecting');
		expect(channelStanding('listening', live('connected', null)).label).toBe('Connected');
	});

	test('a closed channel says which end it was', () => {
		expect(channelStanding('closed', live('ended', 'live_ended')).sentence).toMatch(
			/^The broadcast/
		);
		expect(channelStanding('closed', undefined).label).toBe('Ended');
	});
});
