import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_WORDS, parseComment } from '../../../domain/parse-comment.ts';
import type { Rehearsal, RehearsalLine } from '../format.ts';
import { readRehearsal } from '../read.ts';
import { showHeader, showLedger, showLines } from './generate.ts';
import { SATURDAY_BOUTIQUE } from './saturday-boutique.ts';

const FILE = 'static/rehearsals/saturday-boutique.jsonl';

/** Something that people write in one language only. */
const MARKERS: Readonly<Record<string, RegExp>> = {
	English: /gorgeous|shipping\?|thank you/i,
	Spanish: /¿|precioso|gracias/,
	French: /bonsoir|magnifique|s’il vous plaît/i,
	German: /größe|schön|versand|guten abend/i,
	Tagalog: /magkano|salamat|ganda/i,
	Thai: /\p{Script=Thai}{4}/u,
	Vietnamese: /bao nhiêu|đẹp|shop|với ạ|mọi người/i,
	Arabic: /\p{Script=Arabic}{4}/u,
	Hindi: /\p{Script=Devanagari}{4}/u,
	Portuguese: /obrigada|que lindo|tamanho/i,
	Indonesian: /berapa|bagus|kak\b/i
};

describe('the bundled rehearsal', () => {
	let rehearsal: Rehearsal;
	let lines: RehearsalLine[];
	let comments: Extract<RehearsalLine, { type: 'comment' }>[];

	beforeAll(async () => {
		rehearsal = await readRehearsal(FILE);
		lines = rehearsal.lines.map(({ line }) => line);
		comments = lines.filter((line) => line.type === 'comment');
	});

	test('is what its script writes: npm run rehearsal:generate -- --preset saturday-boutique --out FILE', async () => {
		const written = [
			showHeader(SATURDAY_BOUTIQUE),
			...showLines(SATURDAY_BOUTIQUE, showLedger(SATURDAY_BOUTIQUE))
		];
		const text = written.map((line) => `${JSON.stringify(line)}\n`).join('');
		expect((await readFile(FILE, 'utf8')) === text).toBe(true);
	});

	test('has at least 1,500 distinct comments from both platforms', () => {
		const ids = new Set(comments.map((line) => `${line.platform}:${line.commentId}`));
		expect(ids.size).toBeGreaterThanOrEqual(1_500);
		expect(new Set(comments.map((line) => line.platform))).toEqual(
			new Set(['facebook', 'instagram'])
		);
	});

	test('has 24 items of 1 to 5 units, each with a title of its own', () => {
		const { items } = rehearsal.header;
		expect(items).toHaveLength(24);
		expect(new Set(items.map((item) => item.title)).size).toBe(24);
		expect(items.every((item) => item.quantity >= 1 && item.quantity <= 5)).toBe(true);
	});

	test('has every kind of line', () => {
		expect(new Set(lines.map((line) => line.type))).toEqual(
			new Set(['comment', 'pause', 'resume', 'end', 'release', 'award', 'quantity', 'item'])
		);
		const buyers = lines.flatMap((line) => (line.type === 'award' ? [line.buyer] : []));
		expect(buyers.some((buyer) => 'userId' in buyer)).toBe(true);
		expect(buyers.some((buyer) => !('userId' in buyer))).toBe(true);
	});

	test('has every outcome at least several times', () => {
		const ledger = showLedger(SATURDAY_BOUTIQUE);
		for (const _line of showLines(SATURDAY_BOUTIQUE, ledger));
		for (const [name, count] of Object.entries(ledger.counts)) {
			expect([name, count >= 5]).toEqual([name, true]);
		}
	});

	test('has claims within the first five seconds, and within a second of a wanted item dozens', () => {
		const claims = comments.filter(
			(line) => parseComment(line.text, DEFAULT_WORDS)?.kind === 'claim'
		);
		expect(claims.filter((line) => line.at < 5_000).length).toBeGreaterThanOrEqual(5);
		const perSecond = new Map<number, number>();
		for (const { at } of claims) {
			const second = Math.floor(at / 1_000);
			perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
		}
		expect(Math.max(...perSecond.values())).toBeGreaterThanOrEqual(24);
	});

	test('is paused for about 20 seconds and ends at 10:00', () => {
		const at = (type: RehearsalLine['type']) => lines.find((line) => line.type === type)?.at;
		expect([at('pause'), at('resume'), at('end')]).toEqual([300_000, 320_000, 600_000]);
		expect(lines.at(-1)?.type).toBe('end');
	});

	test.each(Object.entries(MARKERS))('has people who write %s', (_, marker) => {
		expect(comments.filter((line) => marker.test(line.text)).length).toBeGreaterThanOrEqual(5);
	});

	test('has digits of other scripts in claims', () => {
		for (const digits of [/[๐-๙]/, /[٠-٩]/, /[०-९]/, /[０-９]/]) {
			expect(comments.some((line) => digits.test(line.text))).toBe(true);
		}
	});
});
