import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEFAULT_WORDS, parseComment } from '../../../domain/parse-comment.ts';
import { parseRehearsal } from '../read.ts';
import type { RehearsalLine } from '../format.ts';
import { showHeader, showLedger, showLines } from './generate.ts';
import { Ledger, type LedgerCounts } from './ledger.ts';
import { inventScript, type ShowScript, type ShowSize } from './show-script.ts';

const SIZE: ShowSize = {
	comments: 4_000,
	items: 30,
	minutes: 12,
	seed: 7,
	platforms: ['facebook', 'instagram'],
	buyers: 300
};

function generate(script: ShowScript): { lines: RehearsalLine[]; counts: LedgerCounts } {
	const ledger = showLedger(script);
	const lines = [...showLines(script, ledger)];
	return { lines, counts: ledger.counts };
}

function digest(script: ShowScript): string {
	return createHash('sha256')
		.update(JSON.stringify([showHeader(script), generate(script).lines]))
		.digest('hex');
}

function isComment(line: RehearsalLine) {
	return line.type === 'comment';
}

/** Plays the lines by what they say, through the product's parser, into a fresh notebook. */
function replay(script: ShowScript, lines: readonly RehearsalLine[]): LedgerCounts {
	const ledger = new Ledger(showHeader(script).items);
	const seen = new Set<string>();
	for (const line of lines) {
		switch (line.type) {
			case 'comment': {
				const identity = `${line.platform}:${line.commentId}`;
				if (seen.has(identity)) ledger.commentAgain();
				else
					ledger.comment(parseComment(line.text, DEFAULT_WORDS), `${line.platform}:${line.userId}`);
				seen.add(identity);
				break;
			}
			case 'pause':
				ledger.pause();
				break;
			case 'resume':
				ledger.resume();
				break;
			case 'release':
				ledger.release(line.item, line.buyer);
				break;
			case 'award': {
				const { buyer } = line;
				const key =
					'userId' in buyer
						? `${buyer.platform}:${buyer.userId}`
						: `manual:${buyer.handle.toLowerCase()}`;
				ledger.award(line.item, key);
				break;
			}
			case 'quantity':
				ledger.setQuantity(line.item, line.quantity);
				break;
			case 'item':
				ledger.addItem(line.number, line.quantity);
				break;
		}
	}
	return ledger.counts;
}

describe('the generator', () => {
	test('writes the same show for the same seed, and another one for another', () => {
		expect(digest(inventScript(SIZE))).toBe(digest(inventScript(SIZE)));
		expect(digest(inventScript(SIZE))).not.toBe(digest(inventScript({ ...SIZE, seed: 8 })));
	});

	test.each<[string, Partial<ShowSize>]>([
		['the usual size', {}],
		['one comment, one item, one buyer', { comments: 1, items: 1, buyers: 1, minutes: 1 }],
		['more items than comments', { comments: 50, items: 500, minutes: 1 }],
		['hardly any buyers', { comments: 2_000, buyers: 2 }],
		['other platforms', { platforms: ['twitch', 'youtube', 'livekit'] }]
	])('writes a valid rehearsal: %s', async (_, size) => {
		const script = inventScript({ ...SIZE, ...size });
		const { lines } = generate(script);
		const file = [showHeader(script), ...lines].map((line) => `${JSON.stringify(line)}\n`);
		const rehearsal = await parseRehearsal(file.map((line) => Buffer.from(line)));
		expect(rehearsal.header).toEqual(showHeader(script));
		expect(rehearsal.lines.map(({ line }) => line)).toEqual(lines);
		expect(lines.at(-1)).toEqual({ type: 'end', at: script.durationMs });
	});

	test('writes as many distinct comments as asked, and delivers 1 to 2 percent of them again', () => {
		const comments = generate(inventScript(SIZE)).lines.filter(isComment);
		const distinct = new Set(comments.map((line) => `${line.platform}:${line.commentId}`));
		expect(distinct.size).toBe(SIZE.comments);
		expect(comments.length - distinct.size).toBeGreaterThan(SIZE.comments * 0.01);
		expect(comments.length - distinct.size).toBeLessThan(SIZE.comments * 0.02);
	});

	test('delivers a comment again as it was', () => {
		const first = new Map<string, string>();
		for (const line of generate(inventScript(SIZE)).lines.filter(isComment)) {
			const { at: _at, ...rest } = line;
			const identity = `${line.platform}:${line.commentId}`;
			const content = JSON.stringify(rest);
			expect(first.get(identity) ?? content).toBe(content);
			first.set(identity, content);
		}
	});

	test('delivers comments out of the order in which they were posted', () => {
		const ids = generate(inventScript(SIZE))
			.lines.filter(isComment)
			.filter((line) => line.platform === 'instagram')
			.map((line) => BigInt(line.commentId ?? 0));
		const overtaken = ids.filter((id, index) => id < (ids[index - 1] ?? 0n));
		expect(overtaken.length).toBeGreaterThan(ids.length * 0.05);
	});

	test('uses ids that a number could not hold', () => {
		for (const line of generate(inventScript(SIZE)).lines.filter(isComment)) {
			const { commentId = '', platform } = line;
			expect(commentId).toMatch(platform === 'facebook' ? /^\d{15}_\d{18}$/ : /^\d{17}$/);
			expect(Number(commentId.split('_').at(-1))).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
		}
	});

	test('uses every platform it is given', () => {
		const platforms = ['facebook', 'instagram', 'twitch', 'youtube', 'livekit'];
		const { lines } = generate(inventScript({ ...SIZE, platforms }));
		expect(new Set(lines.filter(isComment).map((line) => line.platform))).toEqual(
			new Set(platforms)
		);
	});

	test.each([1, 2, 3])('counts what its lines really do (seed %i)', (seed) => {
		const script = inventScript({ ...SIZE, seed });
		const { lines, counts } = generate(script);
		expect(replay(script, lines)).toEqual(counts);
	});

	test('brings about every outcome and every kind of line', () => {
		const { lines, counts } = generate(inventScript(SIZE));
		expect(new Set(lines.map((line) => line.type)).size).toBe(8);
		for (const [name, count] of Object.entries(counts)) {
			expect([name, count]).not.toEqual([name, 0]);
		}
	});

	test('has a few buyers who claim often, and many who claim once in a while', () => {
		const claims = new Map<string, number>();
		for (const line of generate(inventScript(SIZE)).lines.filter(isComment)) {
			if (parseComment(line.text, DEFAULT_WORDS)?.kind !== 'claim') continue;
			const key = `${line.platform}:${line.userId}`;
			claims.set(key, (claims.get(key) ?? 0) + 1);
		}
		const sorted = [...claims.values()].sort((a, b) => b - a);
		const total = sorted.reduce((sum, count) => sum + count, 0);
		const keenest = sorted.slice(0, Math.ceil(sorted.length / 5));
		expect(keenest.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(total * 0.35);
	});
});
