import { expect, test } from 'vitest';
import { nameOfFile } from './name-of-file.ts';

test.each([
	['spring-sale_2026.csv', 'Spring sale 2026'],
	['Items.CSV', 'Items'],
	['ärmel.tsv', 'Ärmel'],
	['v1.2 list', 'V1.2 list'],
	['.csv', '']
])('%j names the show %j', (fileName, name) => expect(nameOfFile(fileName)).toBe(name));
