import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SearchAddress } from './search-address.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An address that is reached when the test says so, and keeps no space around what was searched. */
function page() {
	let address = $state('');
	const went: string[] = [];
	let arrive: () => void = () => undefined;
	const search = new SearchAddress(
		() => address,
		async (text) => {
			went.push(text);
			await new Promise<void>((resolve) => (arrive = resolve));
			address = text.trim();
		}
	);
	return {
		search,
		went,
		arrive: async () => {
			arrive();
			await vi.advanceTimersByTimeAsync(0);
		},
		goTo: (text: string) => (address = text)
	};
}

describe('the text of a search field', () => {
	it('leads to its address once nobody has typed for a moment, and once', async () => {
		const { search, went, arrive } = page();
		search.text = 'a';
		await vi.advanceTimersByTimeAsync(200);
		search.text = 'an';
		await vi.advanceTimersByTimeAsync(249);
		expect(went).toEqual([]);
		await vi.advanceTimersByTimeAsync(1);
		await arrive();
		await vi.advanceTimersByTimeAsync(1_000);
		expect(went).toEqual(['an']);
		expect(search.text).toBe('an');
	});

	it('keeps what is typed while an earlier list is on its way', async () => {
		const { search, went, arrive } = page();
		search.text = 'an';
		await vi.advanceTimersByTimeAsync(250);
		search.text = 'ana';
		await arrive();
		expect(search.text).toBe('ana');
		await vi.advanceTimersByTimeAsync(250);
		await arrive();
		expect(went).toEqual(['an', 'ana']);
		expect(search.text).toBe('ana');
	});

	it('keeps a space at the end, which the address does not', async () => {
		const { search, arrive } = page();
		search.text = 'ana ';
		await vi.advanceTimersByTimeAsync(250);
		await arrive();
		expect(search.text).toBe('ana ');
	});

	it('follows the address when somebody goes back', async () => {
		const { search, arrive, goTo } = page();
		search.text = 'ana ';
		await vi.advanceTimersByTimeAsync(250);
		await arrive();
		goTo('');
		expect(search.text).toBe('');
	});
});
