import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { liveSocket } from './scripts/lib/live-socket-plugin.ts';

export default defineConfig({
	plugins: [tailwindcss(), sveltekit(), liveSocket()]
});
