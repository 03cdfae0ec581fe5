import type { Translated } from '../../shared/language';
import type { district as zh } from '../zh/district';

export const district: Translated<typeof zh> = {
  title: 'District map',
  searchHint: 'Search by name or code',
  nothingFound: text =>
    `Nothing called “${text}”. Try the name or code of a subdistrict, community, grid, street or service centre.`,
  browse: 'Browse',
  areas: 'Areas',
  streets: 'Streets',
  centres: 'Centres',
  listOf: what => `List of ${what.toLowerCase()}`,
  up: 'Up',
  householdsShort: count => `${count} households`,
  membersShort: count => `${count} people`,
  noChief: 'no street chief',
  noStreets: 'No streets yet',
  noStreetsHint:
    'Import them with ./yilu import streets: each street and its task force is then listed here.',
  noAreas: 'No areas below this one',
  noCentres: 'No service centres yet',
  noDistrict: 'No district loaded yet',
  noDistrictHint: 'Import boundaries with ./yilu import boundaries, or load the sample with ./yilu up.',

  code: 'Code',
  households: 'Households',
  areaSize: 'Area',
  contains: 'Contains',
  containsSubdistricts: count => `${count} subdistricts`,
  containsCommunities: count => `${count} communities`,
  containsGrids: count => `${count} grids`,
  workers: 'Full-time grid workers',
  leader: 'Grid leader',
  people: count => `${count}`,
  nobody: 'none',
  belongsTo: 'Part of',
  openChildren: 'Look inside',

  chief: 'Street chief',
  taskForce: 'Task force',
  onShift: 'on shift',
  offShift: 'off shift',
  onShiftOf: (onShift, all) => `${onShift} of ${all} on shift`,
  length: 'Length',
  streetArea: 'Area of the street',
  width: 'Width',
  subdistrict: 'Subdistrict',
  noTaskForce:
    'No task force yet. Import it with ./yilu import task-forces: its chief and members are then shown here.',

  centreKind: 'Kind',
  centreKinds: {
    community_centre: 'Community service centre',
    station: 'Service station',
    temporary_station: 'Temporary station',
  },
  floorArea: 'Floor area',
  place: 'Place',

  layerSubdistrict: 'Subdistricts',
  layerCommunity: 'Communities',
  layerGrid: 'Grids',
  layerStreets: 'Streets by task force',
  layerCentres: 'Service centres',
  layerBuildings: 'Buildings',
  layersNote:
    'Neighbouring streets never share a colour. Communities, grids and buildings appear on zooming in.',

  keyTabAreas: 'List of areas',
  keyTabStreets: 'List of streets',
  keyTabCentres: 'List of centres',
  keyWhole: 'Whole district',
  keyArrows: 'Move in results and lists',
  pictureTitle: name => `${name} · District map`,
};
