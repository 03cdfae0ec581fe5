import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { sharedWords } from '../words';
import { Icon } from './Icon';
import './search.css';

interface SearchBoxProps<Found> {
  placeholder: string;
  /** Asked after a pause in typing; an overtaken question is aborted. */
  find: (text: string, signal: AbortSignal) => Promise<Found[]>;
  keyOf: (found: Found) => string;
  show: (found: Found) => ComponentChildren;
  onChoose: (found: Found) => void;
  nothingFound: (text: string) => string;
  inputId: string;
}

const PAUSE_MS = 120;

/** Type, arrow down, Enter: a search with its results below, as the ARIA combobox practice has it. */
export function SearchBox<Found>(props: SearchBoxProps<Found>) {
  const { placeholder, find, keyOf, show, onChoose, nothingFound, inputId } = props;
  const [text, setText] = useState('');
  const [found, setFound] = useState<{ for: string; items: Found[]; failed?: boolean } | null>(null);
  const [place, setPlace] = useState(0);
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const t = sharedWords();

  useEffect(() => {
    const wanted = text.trim();
    if (!wanted) {
      setFound(null);
      return;
    }
    const question = new AbortController();
    const timer = setTimeout(() => {
      find(wanted, question.signal)
        .then(items => {
          setFound({ for: wanted, items });
          setPlace(0);
        })
        .catch(() => {
          if (!question.signal.aborted) setFound({ for: wanted, items: [], failed: true });
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      question.abort();
    };
  }, [text, find]);

  function choose(item: Found): void {
    onChoose(item);
    setOpen(false);
    input.current?.blur();
  }

  function press(event: KeyboardEvent): void {
    const count = found?.items.length ?? 0;
    if (event.key === 'ArrowDown' && count) setPlace((place + 1) % count);
    else if (event.key === 'ArrowUp' && count) setPlace((place - 1 + count) % count);
    else if (event.key === 'Enter' && count) choose(found?.items[place] as Found);
    else if (event.key === 'Escape') {
      if (text) setText('');
      else input.current?.blur();
      setOpen(false);
    } else return;
    event.preventDefault();
  }

  const shown = open && found !== null;
  const optionId = (index: number) => `${listId}-${index}`;
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        id={inputId}
        type="text"
        // biome-ignore lint/a11y/noRedundantRoles: without a list the role is not implied
        role="combobox"
        list={undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        aria-label={placeholder}
        aria-expanded={shown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown && found.items.length ? optionId(place) : undefined}
        value={text}
        onInput={event => {
          setText(event.currentTarget.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <div class="search__found" hidden={!shown}>
        <div id={listId} role="listbox" aria-label={t.search} tabIndex={-1}>
          {found?.items.map((item, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the input, which keeps the focus
            // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active option
            <div
              key={keyOf(item)}
              id={optionId(index)}
              role="option"
              aria-selected={index === place}
              class="search__option"
              onMouseDown={event => event.preventDefault()}
              onMouseEnter={() => setPlace(index)}
              onClick={() => choose(item)}
            >
              {show(item)}
            </div>
          ))}
        </div>
        {found && found.items.length === 0 && (
          <p class="search__nothing" role="status">
            {found.failed ? t.offlineTitle : nothingFound(found.for)}
          </p>
        )}
      </div>
    </div>
  );
}
