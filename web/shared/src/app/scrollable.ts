/** What is too wide for the screen can be scrolled by keyboard (WCAG 2.2, 2.1.1): `v-scrollable` on a v-table. */
import type { ObjectDirective } from "vue";

const watches = new WeakMap<HTMLElement, ResizeObserver>();

export const vScrollable: ObjectDirective<HTMLElement> = {
  mounted(table) {
    const wrapper = table.querySelector<HTMLElement>(".v-table__wrapper") ?? table;
    const watch = new ResizeObserver(() => {
      if (wrapper.scrollWidth > wrapper.clientWidth) wrapper.tabIndex = 0;
      else wrapper.removeAttribute("tabindex");
    });
    watch.observe(wrapper);
    for (const inner of wrapper.children) watch.observe(inner);
    watches.set(table, watch);
  },
  unmounted(table) {
    watches.get(table)?.disconnect();
  },
};
