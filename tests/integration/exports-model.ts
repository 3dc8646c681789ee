import type { ShowEvent } from '../../src/lib/domain/events.ts';

// What a show's files must say, worked out from its log in the simplest way: everything in memory, lists
// searched from end to end, no code of the exports.

type ModelClaim = {
	readonly id: string;
	readonly at: number;
	readonly item: string;
	readonly itemId: string;
	readonly buyer: string;
	readonly handle: string;
	readonly platform: string;
	readonly rank: number;
	status: 'winner' | 'waitlist' | 'released';
	wonSeq: number;
};

/** Every claim of the log, in the order made, as the log leaves it; and each item's last title by id. */
function foldClaims(events: readonly ShowEvent[]) {
	const claims: ModelClaim[] = [];
	const titles: Record<string, string> = {};
	for (const event of events) {
		if (event.type === 'item.updated') titles[event.data.item.id] = event.data.item.title;
		if (event.type === 'claim.created') {
			const { claimId, item, itemId, buyer, rank, state } = event.data;
			claims.push({
				...{ id: claimId, at: event.at, item, itemId, rank, status: state, wonSeq: event.seq },
				...{ buyer: buyer.key, handle: buyer.handle, platform: buyer.platform }
			});
		}
		for (const claim of claims) {
			if (event.type === 'claim.promoted' && event.data.claimId === claim.id) {
				claim.status = 'winner';
				claim.wonSeq = event.seq;
			}
			if (event.type === 'claim.released' && event.data.claimId === claim.id) {
				claim.status = 'released';
			}
		}
	}
	return { claims, titles };
}

const utc = (at: number): string => new Date(at).toISOString().replace('Z', '+00:00');

/** As a spreadsheet must get a text. */
function harmless(text: string): string {
	let rest = text;
	while (/^[\s'"\u200b\u202a-\u202e]/.test(rest)) {
		if (rest.startsWith('\t') || rest.startsWith('\r')) return `'${text}`;
		rest = rest.slice(1);
	}
	return '=+-@＝＋－＠'.includes(rest.charAt(0)) && rest !== '' ? `'${text}` : text;
}

export type ExpectedFiles = {
	readonly claims: string[][];
	readonly buyers: string[][];
	readonly comments: string[][];
};

/** The cells of the three CSV files, header first, times in UTC. */
export function expectedFiles(events: readonly ShowEvent[]): ExpectedFiles {
	const { claims, titles } = foldClaims(events);
	const place = (claim: ModelClaim): string => {
		if (claim.status !== 'waitlist') return '';
		const ahead = claims.filter(
			(other) =>
				other.itemId === claim.itemId && other.status === 'waitlist' && other.rank < claim.rank
		);
		return String(ahead.length + 1);
	};
	const buyers = [...new Set(claims.map((claim) => claim.buyer))].flatMap((buyer) => {
		const theirs = claims.filter((claim) => claim.buyer === buyer);
		const won = theirs
			.filter((claim) => claim.status === 'winner')
			.sort((a, b) => a.wonSeq - b.wonSeq)
			.map((claim) => claim.item);
		if (won.length === 0) return [];
		return [[harmless(theirs.at(-1)?.handle ?? ''), won.join('; '), String(won.length)]];
	});
	const comments = events.flatMap((event) => {
		if (event.type !== 'comment.received') return [];
		const { platform, handle, text, intent, item, outcome, position, commentId } = event.data;
		const facts = [intent, item, outcome, position].map((fact) => String(fact ?? ''));
		return [
			[
				utc(event.at),
				platform,
				harmless(handle),
				harmless(text),
				...facts,
				`${platform}:${commentId}`
			]
		];
	});
	return {
		claims: [
			'timestamp,item_number,item_title,user_handle,platform,status,waitlist_position'.split(','),
			...claims.map((claim) => [
				utc(claim.at),
				claim.item,
				harmless(titles[claim.itemId] ?? ''),
				harmless(claim.handle),
				claim.platform,
				claim.status,
				place(claim)
			])
		],
		buyers: ['user_handle,items_claimed,total_items'.split(','), ...buyers],
		comments: [
			[
				...['timestamp', 'platform', 'user_handle', 'text', 'intent', 'item_number'],
				...['outcome', 'waitlist_position', 'comment_key']
			],
			...comments
		]
	};
}

/**
 * Reads CSV strictly by RFC 4180, or with another separator: CRLF after every record, quotes around whatever
 * holds the separator, `"`, CR or LF.
 */
export function readCsv(text: string, separator: ',' | ';' = ','): string[][] {
	const records: string[][] = [];
	let record: string[] = [];
	for (let at = 0; at < text.length;) {
		const cell = new RegExp(`"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*)`, 'y');
		cell.lastIndex = at;
		const [matched = '', quoted, bare = ''] = cell.exec(text) ?? [];
		record.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
		at += matched.length;
		if (text.startsWith('\r\n', at)) {
			records.push(record);
			record = [];
			at += 2;
		} else if (text.charAt(at) === separator) {
			at += 1;
		} else {
			throw new Error(`no CSV at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
		}
	}
	if (record.length > 0) throw new Error('the last record does not end');
	return records;
}

/** Reads JSON Lines; the last line must end. */
export function readLines(text: string): unknown[] {
	if (!text.endsWith('\n')) throw new Error('the last line does not end');
	return text
		.slice(0, -1)
		.split('\n')
		.map((line): unknown => JSON.parse(line));
}
