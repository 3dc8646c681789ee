import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NoteDraft } from './note-draft.svelte.ts';

/** A server that keeps one note, as `buyers.setNote` does. */
class Server {
	note = '';
	saves: string[] = [];
	isAway = false;
	/** Set: answers wait until it is called. */
	release: (() => void) | null = null;

	draft(): NoteDraft {
		return new NoteDraft(this.note, {
			save: async (note, was) => {
				if (this.release !== null) {
					await new Promise<void>((resolve) => {
						this.release = resolve;
					});
				}
				if (this.isAway) throw new Error('away');
				if (was !== this.note) return 'conflict';
				this.note = note;
				this.saves.push(note);
				return 'saved';
			},
			read: () => Promise.resolve(this.note)
		});
	}
}

let server: Server;
beforeEach(() => {
	vi.useFakeTimers();
	server = new Server();
});
afterEach(() => {
	vi.useRealTimers();
});

describe('a note', () => {
	test('saves itself once typing pauses, once for many keys', async () => {
		const draft = server.draft();
		for (const text of ['P', 'Pa', 'Pays']) draft.type(text);
		expect(draft.state).toBe('unsaved');
		await vi.runAllTimersAsync();
		expect(server.saves).toEqual(['Pays']);
		expect(draft.state).toBe('saved');
	});

	test('saves at once when asked, and nothing when nothing changed', async () => {
		const draft = server.draft();
		await draft.flush();
		draft.type('x');
		draft.type('');
		await draft.flush();
		expect(server.saves).toEqual([]);
		draft.type('late');
		await draft.flush();
		expect(server.saves).toEqual(['late']);
	});

	test('saves after a save what was typed during it', async () => {
		server.release = () => undefined;
		const draft = server.draft();
		draft.type('one');
		const flushing = draft.flush();
		draft.type('one two');
		const again = draft.flush();
		server.release();
		server.release = null;
		await Promise.all([flushing, again]);
		expect(server.saves).toEqual(['one', 'one two']);
		expect(draft.state).toBe('saved');
	});

	test('keeps what could not be saved, and tries again with the next key', async () => {
		server.isAway = true;
		const draft = server.draft();
		draft.type('kept');
		await draft.flush();
		expect([draft.state, draft.text, draft.isDirty]).toEqual(['failed', 'kept', true]);
		server.isAway = false;
		draft.type('kept!');
		await vi.runAllTimersAsync();
		expect(server.saves).toEqual(['kept!']);
	});

	test.each([
		[true, 'mine', 'mine'],
		[false, 'theirs', 'theirs']
	])('overwrites nobody: the writer chooses (mine: %s)', async (mine, onScreen, onServer) => {
		const draft = server.draft();
		server.note = 'theirs';
		draft.type('mine');
		await draft.flush();
		expect([draft.state, draft.theirs, server.note]).toEqual(['conflict', 'theirs', 'theirs']);
		draft.type('mine');
		await vi.runAllTimersAsync();
		expect(server.saves).toEqual([]);
		await draft.choose(mine);
		expect([draft.text, server.note, draft.state]).toEqual([onScreen, onServer, 'saved']);
	});

	test('is cleaned as the server cleans it, so that it is not taken for another’s', async () => {
		const draft = server.draft();
		draft.type('bell\u0007');
		await draft.flush();
		expect(server.note).toBe('bell ');
		draft.type('bell \n2');
		await draft.flush();
		expect([draft.state, server.note]).toEqual(['saved', 'bell \n2']);
	});
});
