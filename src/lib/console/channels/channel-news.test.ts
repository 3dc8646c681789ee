import { expect, test } from 'vitest';
import type { ChannelReason, ChannelStatus } from '../../domain/events.ts';
import { channelNews, gapWords } from './channel-news.ts';

function channel(channelId: string, status: ChannelStatus, reason: ChannelReason | null = null) {
	return { channelId, platform: 'facebook', liveId: 'L', status, reason, detail: null };
}

const ids = (channels: readonly { readonly channelId: string }[]) =>
	channels.map(({ channelId }) => channelId);

test('only a lost access is an alarm', () => {
	const { lost } = channelNews([
		channel('a', 'disconnected', 'needs_reauth'),
		channel('b', 'degraded', 'permission'),
		channel('c', 'disconnected', 'stopped'),
		channel('d', 'connected')
	]);
	expect(ids(lost)).toEqual(['a']);
});

test('the end of a broadcast is told, the end of the show is not', () => {
	const news = channelNews([
		channel('a', 'ended', 'live_ended'),
		channel('b', 'ended', 'show_ended'),
		channel('c', 'disconnected', 'stopped')
	]);
	expect(ids(news.over)).toEqual(['a']);
	expect(news.reading).toBe(0);
});

test('a channel with a fault still counts as read', () => {
	const news = channelNews([
		channel('a', 'ended', 'live_ended'),
		channel('b', 'disconnected', 'needs_reauth'),
		channel('c', 'connecting')
	]);
	expect(news.reading).toBe(2);
});

test('what is promised of the gap is what the platform keeps', () => {
	expect(gapWords('facebook', 'facebook')).toMatch(/^Nothing is lost: /);
	expect(gapWords('instagram', 'facebook')).toContain('before the broadcast ends');
	expect(gapWords('instagram', 'instagram')).toContain('can’t be read later');
});
