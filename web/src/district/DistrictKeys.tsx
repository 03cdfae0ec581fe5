import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type KeyAct, listenToKeys } from '../shared/keys';
import { switchLanguage, switchTheme } from '../shared/parts/Bar';
import { IconButton } from '../shared/parts/Button';
import { KeyHelp } from '../shared/parts/KeyHelp';
import { sharedWords } from '../shared/words';
import { closeCard, opened, openTab, scene } from './state';
import { districtWords } from './words';

const helpIsOpen = signal(false);

function focusSearch(): void {
  document.getElementById('search')?.focus();
}

export const DISTRICT_KEYS: readonly KeyAct[] = [
  { keys: '/', says: () => sharedWords().keySearch, act: focusSearch },
  {
    keys: '?',
    says: () => sharedWords().keyHelp,
    act: () => {
      helpIsOpen.value = true;
    },
  },
  { keys: 'Escape', says: () => sharedWords().keyClose, act: () => opened.value && closeCard() },
  { keys: '0', says: () => districtWords().keyWhole, act: () => scene.value?.showWhole() },
  { keys: 'g a', says: () => districtWords().keyTabAreas, act: () => openTab('areas') },
  { keys: 'g s', says: () => districtWords().keyTabStreets, act: () => openTab('streets') },
  { keys: 'g c', says: () => districtWords().keyTabCentres, act: () => openTab('centres') },
  { keys: 'L', says: () => sharedWords().keyLanguage, act: switchLanguage },
  { keys: 'D', says: () => sharedWords().keyTheme, act: switchTheme },
];

export function KeysButton() {
  return (
    <IconButton
      icon="keyboard"
      label={sharedWords().keysHint}
      onClick={() => {
        helpIsOpen.value = true;
      }}
    />
  );
}

/** The page's keys and their list. */
export function DistrictKeys() {
  useEffect(() => listenToKeys(() => DISTRICT_KEYS), []);
  return (
    <>
      {helpIsOpen.value && (
        <KeyHelp
          acts={DISTRICT_KEYS}
          onClose={() => {
            helpIsOpen.value = false;
          }}
        />
      )}
    </>
  );
}
