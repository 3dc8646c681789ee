import type { Evidence, Finding } from './evidence.ts';
import { writeDown } from './sheet.ts';
import type { Sheets } from './sheet.ts';

/** At every event of the log, and in Redis at the end, an item has no more winners than units. */
export function checkOversold({ log, live }: Evidence): Finding[] {
	const findings: Finding[] = [];
	const sheets: Sheets = new Map();
	for (const event of log) {
		writeDown(sheets, event);
		for (const [number, { winners, quantity }] of sheets) {
			if (winners.size <= quantity) continue;
			const message = `${event.id}: item ${number} has ${winners.size} winners of ${quantity} units`;
			findings.push({ kind: 'oversold', message });
		}
	}
	for (const { number, winners, quantity } of live.items.values()) {
		if (winners.length <= quantity) continue;
		const message = `Redis: item ${number} has ${winners.length} winners of ${quantity} units`;
		findings.push({ kind: 'oversold', message });
	}
	return findings;
}
