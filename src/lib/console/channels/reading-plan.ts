import { isolated } from '../isolated.ts';
import { platformName } from '../platforms.ts';
import type { ChannelRow, Connection } from './show-channels.svelte.ts';

type Account = Pick<ChannelRow, 'platform' | 'accountName'>;

/** `Facebook · Ashgrove Finds`; the name is anybody's, so it can't turn round what stands beside it. */
export function accountWords({ platform, accountName }: Account): string {
	return `${platformName(platform)} · ${isolated(accountName)}`;
}

function listed(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** One or two sentences on where the comments will come from once the show is on. */
export function readingPlan(
	rows: readonly (Account & Pick<ChannelRow, 'phase'>)[],
	watched: readonly Pick<Connection, 'platform' | 'accountName'>[]
): string {
	const waiting = rows.filter(({ phase }) => phase === 'waiting');
	const sentences = [];
	if (waiting.length > 0) {
		sentences.push(`Comments are read from ${listed(waiting.map(accountWords))}.`);
	}
	const later = watched.filter(
		(account) => !waiting.some((row) => accountWords(row) === accountWords(account))
	);
	if (later.length > 0) {
		const whose = listed(later.map(accountWords));
		sentences.push(
			`${whose} ${later.length === 1 ? 'is' : 'are'} read as soon as a broadcast starts there.`
		);
	}
	return sentences.length > 0
		? sentences.join(' ')
		: 'No channel is chosen yet: comments are read once you add one in the console.';
}
