import { createContext, flushSync } from 'svelte';

/** Whether the page is laid out for paper, where nothing can be opened or clicked. */
export class Printing {
	now = $state(false);

	/** Follows the medium until the returned function is called. Browser only. */
	readonly follow = (): (() => void) => {
		const media = matchMedia('print');
		// The browser lays the page out right after telling.
		const set = (now: boolean) => flushSync(() => (this.now = now));
		const onChange = () => set(media.matches);
		const onBefore = () => set(true);
		const onAfter = () => set(media.matches);
		media.addEventListener('change', onChange);
		window.addEventListener('beforeprint', onBefore);
		window.addEventListener('afterprint', onAfter);
		return () => {
			media.removeEventListener('change', onChange);
			window.removeEventListener('beforeprint', onBefore);
			window.removeEventListener('afterprint', onAfter);
		};
	};
}

export const [getPrinting, setPrinting] = createContext<Printing>();
