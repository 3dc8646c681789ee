import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../project-root.ts';
import type { Rehearsal } from './format.ts';
import { showHeader, showLedger, showLines } from './generator/generate.ts';
import { inventScript } from './generator/show-script.ts';
import { parseRehearsal, readRehearsal } from './read.ts';

/** Largest recorded show that can be uploaded, in characters. */
export const MAX_UPLOAD_CHARS = 4_000_000;

/** Where a rehearsal's lines come from. */
export const rehearsalSourceSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('bundled') }),
	z.object({
		kind: z.literal('generated'),
		comments: z.number().int().min(10).max(50_000),
		items: z.number().int().min(1).max(200),
		minutes: z.number().min(1).max(240),
		buyers: z.number().int().min(2).max(5_000),
		seed: z.number().int().min(0).max(2_147_483_647)
	}),
	z.object({
		kind: z.literal('uploaded'),
		text: z.string().max(MAX_UPLOAD_CHARS, 'The file is too large (4 MB at most).')
	})
]);

export type RehearsalSource = z.output<typeof rehearsalSourceSchema>;

/** Reads or invents the rehearsal. Throws `RehearsalFormatError` for an uploaded file with faults. */
export async function loadRehearsal(source: RehearsalSource): Promise<Rehearsal> {
	switch (source.kind) {
		case 'bundled':
			return await readRehearsal(
				join(projectRoot(), 'static', 'rehearsals', 'saturday-boutique.jsonl')
			);
		case 'generated': {
			const script = inventScript({ ...source, platforms: ['facebook', 'instagram'] });
			const header = showHeader(script);
			const lines = [...showLines(script, showLedger(script))];
			return { header, lines: lines.map((line, index) => ({ lineNumber: index + 2, line })) };
		}
		case 'uploaded':
			return await parseRehearsal([new TextEncoder().encode(source.text)]);
	}
}
