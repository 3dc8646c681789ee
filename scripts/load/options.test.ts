import { describe, expect, test } from 'vitest';
import { LoadUsageError, readLoadOptions } from './options.ts';

describe('the options of a load run', () => {
	test('without any: a thousand comments in a minute, fifty consoles, one of each process', () => {
		expect(readLoadOptions([])).toMatchObject({
			comments: 1_000,
			seconds: 60,
			consoles: 50,
			shows: 1,
			instances: 1,
			workers: 1,
			cluster: false,
			nginx: false,
			kill: false,
			json: false
		});
	});

	test('a preset is where the others start from', () => {
		const options = readLoadOptions(['--preset', 'far', '--consoles', '20', '--seed', '7']);
		expect(options).toMatchObject({ comments: 60_000, seconds: 60, consoles: 20, seed: 7 });
	});

	test.each([
		['--comments', '0'],
		['--comments', '1.5'],
		['--comments', 'many'],
		['--consoles', '1201'],
		['--consoles', '401'],
		['--instances', '9'],
		['--preset', 'nowhere'],
		['--preset', 'toString'],
		['--unknown', '1'],
		['loose']
	])('%s %s is refused', (...args) => {
		expect(() => readLoadOptions(args)).toThrow(LoadUsageError);
	});
});
